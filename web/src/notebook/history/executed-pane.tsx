/** The pane of executed code: every version that was run, when, by whom, and how it ended; each can be had back as a cell. */
import "../values/values.css";

import { Check, CircleDot, Copy, HelpCircle, type LucideIcon, Plus, SquareArrowOutUpRight, X } from "lucide-react";
import { useDeferredValue, useState, useSyncExternalStore } from "react";

import { rest } from "../../browser";
import type { ExecutedCode } from "../../net/rest";
import { lastRun } from "../../runs/queue";
import { Button, IconButton } from "../../ui/button";
import { ago, shortDuration } from "../../ui/format";
import { useNow } from "../../ui/hooks";
import { strings } from "../../words";
import { copyText } from "../outputs/copy";
import { useController, useNameOf, useOrder, useStatusPart } from "../context";
import type { NotebookController } from "../controller";
import { ProblemLine, ProblemNote } from "../values/problem-note";
import { ExecutedHistory } from "./executed";

const words = strings.values.history;

/** Lines that are shown of a source before one asks for the rest. */
const LINES = 8;

function historyOf({ session }: NotebookController): ExecutedHistory {
  return new ExecutedHistory({
    fetch: (before) => rest.executions(session.notebook, before),
    subscribe: session.runs.subscribe,
    occasion: () => {
      const { queue, kernel } = session.runs.summary();
      return [lastRun(queue), kernel?.epoch].join(" ");
    },
  });
}

export default function ExecutedPane() {
  const controller = useController();
  const [history] = useState(() => historyOf(controller));
  const { items, more, problem } = useSyncExternalStore(history.subscribe, history.read);
  const [filter, setFilter] = useState("");
  const wanted = useDeferredValue(filter).trim().toLowerCase();
  const now = useNow(true, 30_000);
  if (items === null) {
    if (problem === null) return <p className="pane-note">{strings.loading}</p>;
    return <ProblemNote problem={problem} onRetry={() => history.refresh()} />;
  }
  const shown = items.filter(({ source }) => source.toLowerCase().includes(wanted));
  return (
    <div className="values-pane">
      <div className="values-filter">
        <input
          className="field whole"
          type="search"
          aria-label={words.filter}
          placeholder={words.filter}
          value={filter}
          onChange={({ target }) => setFilter(target.value)}
        />
      </div>
      {problem !== null && <ProblemLine problem={problem} onRetry={() => history.refresh()} />}
      {items.length === 0 && <p className="pane-note">{words.empty}</p>}
      {items.length > 0 && shown.length === 0 && <p className="pane-note">{words.noMatch}</p>}
      <ol className="executed">
        {shown.map((code, index) => {
          const before = shown[index + 1];
          const started = before !== undefined && before.kernel_epoch !== code.kernel_epoch;
          return <Item key={code.id} code={code} now={now} started={started} />;
        })}
      </ol>
      {more && (
        <Button look="outlined" className="executed-more" onClick={() => history.earlier()}>
          {words.earlier}
        </Button>
      )}
    </div>
  );
}

const FACES: Readonly<Record<string, LucideIcon>> = { ok: Check, error: X, running: CircleDot, lost: HelpCircle };

interface ItemProps {
  readonly code: ExecutedCode;
  readonly now: number;
  /** It is the first that ran in its kernel. */
  readonly started: boolean;
}

function Item({ code, now, started }: ItemProps) {
  const { structure, selection, toasts } = useController();
  const [whole, setWhole] = useState(false);
  const user = useStatusPart((status) => status.user);
  const name = useNameOf(code.by);
  const there = useOrder().includes(code.cell_id);
  const long = code.source.split("\n").length > LINES + 1;
  const copy = () => void copyText(toasts, code.source);
  return (
    <>
      <li className="executed-item">
        <div className="executed-head">
          <span className="meta tabular" title={summary(code, now, name)}>
            <State code={code} /> {summary(code, now, code.by === user ? "" : name)}
          </span>
          <IconButton icon={Copy} label={strings.copy} onClick={copy} />
          <IconButton
            icon={Plus}
            label={words.insert}
            onClick={() => void structure.insertBeside("code", "below", code.source)}
          />
          <IconButton
            icon={SquareArrowOutUpRight}
            label={there ? words.goTo : words.gone}
            disabled={!there}
            onClick={() => selection.select(code.cell_id)}
          />
        </div>
        <pre className={`executed-source ${whole ? "whole" : ""}`}>{code.source}</pre>
        {long && !whole && <Button onClick={() => setWhole(true)}>{words.whole}</Button>}
      </li>
      {started && <li className="executed-start">{words.restarted}</li>}
    </>
  );
}

function State({ code }: { readonly code: ExecutedCode }) {
  const Face = FACES[code.state] ?? HelpCircle;
  const said: Readonly<Record<string, string>> = words.states;
  return (
    <span className={`executed-state ${code.state}`}>
      <Face aria-hidden />
      <span className="visually-hidden">{said[code.state]}</span>
      {code.execution_count !== null && `[${code.execution_count}]`}
    </span>
  );
}

/** When, how long, and who; "" when that is not said. */
function summary({ started, finished }: ExecutedCode, now: number, name: string): string {
  const begun = started === null ? null : Date.parse(started);
  const took = begun === null || finished === null ? null : shortDuration(Date.parse(finished) - begun);
  return [begun === null ? null : ago(begun, now), took, name === "" ? null : words.by(name)]
    .filter((part) => part !== null)
    .join(" · ");
}
