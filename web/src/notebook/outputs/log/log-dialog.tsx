/** The full log of a stream, over the page: every line that the server keeps, however many. */
import "./log.css";

import { ArrowDown, ArrowDownToLine, ArrowUp, CaseSensitive, WrapText } from "lucide-react";
import { type KeyboardEvent, useEffect, useState, useSyncExternalStore } from "react";

import { rest } from "../../../browser";
import { address } from "../../../net/rest";
import { Button, IconButton } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { count } from "../../../ui/format";
import { strings } from "../../../words";
import type { StreamOutput } from "../../../wire/types";
import { useCellRun, useController } from "../../context";
import type { DialogProps } from "../../page/dialogs";
import { LogLines } from "./log-lines";
import { Roll } from "./log-roll";
import { LogSearch, neighbour } from "./log-search";
import { LogSource } from "./log-source";

const words = strings.log;
/** Between two looks at a text that grows. */
const REFRESH_MS = 250;

interface About {
  readonly cell: string;
  readonly output: string;
}

export default function LogDialog({ about, onClose }: DialogProps) {
  return (
    <Dialog title={words.title} size="full" onClose={onClose}>
      <Log {...(about as About)} />
    </Dialog>
  );
}

/** What belongs to one text for as long as it is open. */
function useLog(notebook: string, output: string, follows: boolean) {
  const [log] = useState(() => ({
    source: new LogSource((first, count, signal) => rest.lines(notebook, output, first, count, signal)),
    search: new LogSearch((query, place, signal) => rest.search(notebook, output, query, place, signal)),
    roll: new Roll(follows),
  }));
  useEffect(() => {
    const { source, search, roll } = log;
    const stop = source.subscribe(() => roll.measure({ total: source.total }));
    return () => {
      stop();
      source.stop();
      search.cancel();
    };
  }, [log]);
  return log;
}

function Log({ cell, output }: About) {
  const { notebook } = useController().session;
  const { current, outputs } = useCellRun(cell);
  const grows = current?.state === "running";
  const { source, search, roll } = useLog(notebook, output, grows);
  const stream = outputs?.outputs.find((each): each is StreamOutput => each.t === "stream" && each.id === output);
  useGrowth(source, stream);
  useSyncExternalStore(source.subscribe, source.version);
  const { follows, geometry } = useSyncExternalStore(roll.subscribe, roll.read);
  const { query } = useSyncExternalStore(search.subscribe, search.read);
  const { wraps } = geometry;
  if (source.state === "gone") return <p role="alert">{words.gone}</p>;
  return (
    <div className="log">
      <div className="log-tools" role="toolbar" aria-label={words.tools}>
        <Find search={search} roll={roll} />
        <GoTo total={source.total} roll={roll} />
        <Button look="outlined" aria-pressed={follows} onClick={() => (follows ? roll.unfollow() : roll.goToEnd())}>
          {words.follow}
        </Button>
        <IconButton
          icon={WrapText}
          label={words.wrap}
          aria-pressed={wraps}
          onClick={() => roll.measure({ wraps: !wraps })}
        />
        <a className="button outlined" href={address.log(notebook, output)} download="output.txt">
          <ArrowDownToLine aria-hidden />
          {words.download}
        </a>
      </div>
      <LogLines source={source} roll={roll} query={query} />
      <p className="meta" role="status">
        {source.state === "loading" ? words.loading : words.total(count(source.total))}
        {grows && ` · ${words.growing}`}
      </p>
    </div>
  );
}

/** Looks again while the text grows, at a calm pace, and once more when it has stopped. */
function useGrowth(source: LogSource, stream: StreamOutput | undefined): void {
  const [seen, setSeen] = useState(stream);
  useEffect(() => {
    if (stream === seen) return;
    const timer = setTimeout(() => {
      setSeen(stream);
      source.refresh();
    }, REFRESH_MS);
    return () => clearTimeout(timer);
    // The first change starts the clock; those that follow it must not put it off.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [source, seen, stream === seen]);
}

interface FindProps {
  readonly search: LogSearch;
  readonly roll: Roll;
}

function Find({ search, roll }: FindProps) {
  const { lines, phase, share, query } = useSyncExternalStore(search.subscribe, search.read);
  const [text, setText] = useState("");
  const [matchCase, setMatchCase] = useState(false);
  const step = (by: 1 | -1) => {
    const { chosen, place } = roll.read();
    const line = lines[neighbour(lines, chosen ?? place.line - 1, by)];
    if (line !== undefined) roll.goTo(line);
  };
  const find = (next: { text: string; matchCase: boolean }) => {
    setText(next.text);
    setMatchCase(next.matchCase);
    search.find(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    if (event.key !== "Escape" || text === "") return;
    event.stopPropagation();
    find({ text: "", matchCase });
  };
  return (
    <div className="log-find" role="search">
      <input
        className="field"
        type="search"
        aria-label={words.find}
        placeholder={words.find}
        maxLength={200}
        value={text}
        onChange={(event) => find({ text: event.target.value, matchCase })}
        onKeyDown={onKeyDown}
      />
      <IconButton
        icon={CaseSensitive}
        label={words.matchCase}
        aria-pressed={matchCase}
        onClick={() => find({ text, matchCase: !matchCase })}
      />
      <IconButton icon={ArrowUp} label={words.previous} disabled={lines.length === 0} onClick={() => step(-1)} />
      <IconButton icon={ArrowDown} label={words.next} disabled={lines.length === 0} onClick={() => step(1)} />
      {phase === "searching" && <Button onClick={() => search.cancel()}>{words.stop}</Button>}
      <span className="meta log-found" role="status">
        {query !== null && words.found[phase](count(lines.length), Math.round(share * 100))}
      </span>
    </div>
  );
}

function GoTo({ total, roll }: { readonly total: number; readonly roll: Roll }) {
  const [text, setText] = useState("");
  const onKeyDown = (event: KeyboardEvent) => {
    const line = Number(text.replace(/[\s,.']/g, ""));
    if (event.key === "Enter" && Number.isInteger(line) && total > 0) roll.goTo(Math.min(Math.max(line, 1), total) - 1);
  };
  return (
    <input
      className="field log-goto"
      inputMode="numeric"
      aria-label={words.goTo}
      placeholder={words.goTo}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={onKeyDown}
    />
  );
}
