/** Two notebooks of Drive side by side, in the view of revisions. Nothing can be restored from one into the other. */
import "./revisions.css";

import { ArrowLeftRight, ExternalLink, Pencil } from "lucide-react";
import { useEffect, useId, useState, useSyncExternalStore } from "react";

import { rest } from "../../browser";
import type { NotebookInfo } from "../../net/rest";
import { NOW } from "../../net/revisions-rest";
import { Button, IconButton } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { ago } from "../../ui/format";
import { useNow } from "../../ui/hooks";
import type { Problem } from "../../wire/types";
import { strings } from "../../words";
import { useController } from "../context";
import type { DialogProps } from "../page/dialogs";
import { Comparing } from "./comparing";
import { Comparison } from "./comparison";
import { problemOf } from "./history";
import { revisions } from "./port";

const words = strings.revisions.compare;

type Choice = NotebookInfo | null;

export default function CompareDialog({ onClose }: DialogProps) {
  const { session } = useController();
  const [comparing] = useState(() => new Comparing(revisions));
  const state = useSyncExternalStore(comparing.subscribe, comparing.read);
  const [notebooks, problem, reload] = useNotebooks();
  const [first, setFirst] = useState<string | null>(session.notebook);
  const [second, setSecond] = useState<string | null>(null);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    if (first === null || second === null) {
      comparing.clear();
      return;
    }
    void comparing.compare({ old: { notebook: first, revision: NOW }, new: { notebook: second, revision: NOW } });
  }, [comparing, first, second, again]);
  const find = (id: string | null): Choice => notebooks?.find((one) => one.id === id) ?? null;
  const [one, two] = [find(first), find(second)];
  const swap = () => {
    setFirst(second);
    setSecond(first);
  };
  const pickers = { notebooks, problem, onRetry: reload };
  return (
    <Dialog title={words.title} size="full" onClose={onClose}>
      <div className="comparing">
        <div className="comparing-choice">
          <Picker label={words.first} chosen={one} other={second} onChoose={setFirst} {...pickers} />
          <IconButton icon={ArrowLeftRight} label={words.swap} onClick={swap} />
          <Picker label={words.second} chosen={two} other={first} onChoose={setSecond} {...pickers} />
        </div>
        <Comparison
          state={state}
          titles={{ old: one?.name ?? "", new: two?.name ?? "" }}
          restores={null}
          onRestore={() => undefined}
          onRetry={() => setAgain(again + 1)}
          empty={<Nothing />}
        />
      </div>
    </Dialog>
  );
}

function Nothing() {
  return (
    <div className="revisions-note">
      <h3>{words.choose}</h3>
      <p>{words.chooseDetail}</p>
    </div>
  );
}

function useNotebooks() {
  const [notebooks, setNotebooks] = useState<readonly NotebookInfo[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let current = true;
    rest.notebooks().then(
      (found) => current && setNotebooks([...found].sort((a, b) => b.updated_at.localeCompare(a.updated_at))),
      (error: unknown) => current && setProblem(problemOf(error)),
    );
    return () => {
      current = false;
    };
  }, [tries]);
  const reload = () => {
    setProblem(null);
    setTries(tries + 1);
  };
  return [notebooks, problem, reload] as const;
}

interface PickerProps {
  readonly label: string;
  readonly chosen: Choice;
  /** What is chosen at the other side: it is no choice here. */
  readonly other: string | null;
  readonly notebooks: readonly NotebookInfo[] | null;
  readonly problem: Problem | null;
  readonly onChoose: (id: string | null) => void;
  readonly onRetry: () => void;
}

/** One side: the notebook that was chosen, or a search among all of them. */
function Picker({ label, chosen, other, notebooks, problem, onChoose, onRetry }: PickerProps) {
  const title = useId();
  return (
    <section className="picker" aria-labelledby={title}>
      <h3 id={title} className="meta">
        {label}
      </h3>
      {chosen === null ? (
        <Search label={label} {...{ other, notebooks, problem, onChoose, onRetry }} />
      ) : (
        <div className="picker-chosen">
          <Button
            look="outlined"
            className="picker-name"
            aria-label={words.change(chosen.name)}
            onClick={() => onChoose(null)}
          >
            <span>{chosen.name}</span>
            <Pencil aria-hidden />
          </Button>
          <a
            className="button icon"
            href={`/notebooks/${encodeURIComponent(chosen.id)}`}
            target="_blank"
            rel="noopener"
            aria-label={words.openIt(chosen.name)}
            title={words.openIt(chosen.name)}
          >
            <ExternalLink aria-hidden />
          </a>
        </div>
      )}
    </section>
  );
}

const MOST = 50;

function Search({ label, other, notebooks, problem, onChoose, onRetry }: Omit<PickerProps, "chosen">) {
  const [query, setQuery] = useState("");
  const now = useNow(true, 60_000);
  const wanted = query.trim().toLocaleLowerCase();
  const fits = ({ id, name }: NotebookInfo) => id !== other && name.toLocaleLowerCase().includes(wanted);
  const found = notebooks?.filter(fits).slice(0, MOST) ?? [];
  return (
    <>
      <input
        className="field whole"
        type="search"
        aria-label={`${label}: ${words.search}`}
        placeholder={words.search}
        value={query}
        onChange={({ target }) => setQuery(target.value)}
        onKeyDown={({ key }) => key === "Enter" && found[0] !== undefined && onChoose(found[0].id)}
      />
      {problem !== null && (
        <p className="revisions-problem" role="status">
          {problem.title} <Button onClick={onRetry}>{strings.retry}</Button>
        </p>
      )}
      {notebooks === null && problem === null && <p className="meta">{words.loading}</p>}
      {notebooks !== null && found.length === 0 && <p className="meta">{words.none}</p>}
      <ul className="picker-list" aria-label={words.list}>
        {found.map(({ id, name, updated_at }) => (
          <li key={id}>
            <button type="button" className="picker-row" onClick={() => onChoose(id)}>
              <span>{name}</span>
              <span className="meta tabular">{ago(Date.parse(updated_at), now)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
