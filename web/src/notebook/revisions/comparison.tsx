/** A comparison as a person reads it: counts, layout, a way from change to change, and the cells. Both dialogs show it. */
import "./comparison.css";

import { ArrowDown, ArrowUp, Columns2, Rows2 } from "lucide-react";
import { type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from "react";

import type { CellThen } from "../../net/revisions-rest";
import { Button, IconButton } from "../../ui/button";
import { useMedia } from "../../ui/hooks";
import { strings } from "../../words";
import { useCodeLanguage } from "../context";
import type { Compared, ComparingState } from "./comparing";
import { ComparedCell, type CellsContext } from "./compared-cell";
import type { DiffLayout } from "./merge";
import { countsOf, type Fate, partsOf, type Row } from "./rows";

const words = strings.revisions;
/** Below this two sources side by side are too narrow to read. */
const WIDE = "(min-width: 900px)";
const SHOWN: readonly Fate[] = ["changed", "added", "removed", "moved"];

interface ComparisonProps {
  readonly state: ComparingState;
  readonly titles: { readonly old: string; readonly new: string };
  readonly restores: CellsContext["restores"];
  readonly onRestore: (row: Row, cell: CellThen) => void;
  readonly onRetry: () => void;
  /** Stands before the counts. */
  readonly tools?: ReactNode;
  /** In place of a comparison, when there is none to make. */
  readonly empty: ReactNode;
}

export function Comparison({ state, titles, restores, onRestore, onRetry, tools, empty }: ComparisonProps) {
  const { compared, busy, problem } = state;
  const wide = useMedia(WIDE);
  const [wanted, setWanted] = useState<DiffLayout>("split");
  const layout = wide ? wanted : "unified";
  const scroller = useRef<HTMLDivElement>(null);
  const none = compared === null && !busy;
  const changes = useMemo(() => compared?.rows.filter(({ fate }) => fate !== "same").length ?? 0, [compared]);
  return (
    <>
      <div className="comparison-bar" hidden={none && tools === undefined}>
        {tools}
        {wide && !none && <LayoutChoice layout={wanted} onChange={setWanted} />}
        <span className="grow" />
        <span className="meta tabular" role="status">
          {busy && compared === null ? words.comparing : compared !== null && <Counts compared={compared} />}
        </span>
        {!none && <Steps scroller={scroller} count={changes} />}
      </div>
      <div ref={scroller} className="comparison" aria-busy={busy}>
        {problem !== null && (
          <div className="revisions-note" role="alert">
            <h3>{problem.title}</h3>
            <p>{problem.detail}</p>
            <Button look="outlined" onClick={onRetry}>
              {strings.retry}
            </Button>
          </div>
        )}
        {none && problem === null && empty}
        {compared !== null && <Sides compared={compared} {...{ layout, titles, restores, onRestore }} />}
      </div>
    </>
  );
}

interface LayoutProps {
  readonly layout: DiffLayout;
  readonly onChange: (layout: DiffLayout) => void;
}

function LayoutChoice({ layout, onChange }: LayoutProps) {
  return (
    <div className="choice" role="group" aria-label={words.layout}>
      <Button icon={Columns2} aria-pressed={layout === "split"} onClick={() => onChange("split")}>
        {words.split}
      </Button>
      <Button icon={Rows2} aria-pressed={layout === "unified"} onClick={() => onChange("unified")}>
        {words.unified}
      </Button>
    </div>
  );
}

function Counts({ compared }: { readonly compared: Compared }) {
  const counts = countsOf(compared.rows);
  return SHOWN.filter((fate) => counts[fate] > 0).map((fate) => (
    <span key={fate} className={`comparison-count ${fate}`}>
      {words.count[fate](counts[fate])}
    </span>
  ));
}

interface StepsProps {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly count: number;
}

const KEYS: Readonly<Record<string, (event: KeyboardEvent) => 1 | -1 | null>> = {
  F7: ({ shiftKey }) => (shiftKey ? -1 : 1),
  ArrowDown: ({ altKey }) => (altKey ? 1 : null),
  ArrowUp: ({ altKey }) => (altKey ? -1 : null),
};

/** From change to change, by button and by key, from wherever the focus is. */
function Steps({ scroller, count }: StepsProps) {
  const [at, setAt] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  const step = (by: 1 | -1) => {
    const changes = [...(scroller.current?.querySelectorAll<HTMLElement>("[data-change]") ?? [])];
    const focused = changes.findIndex((change) => change.contains(document.activeElement));
    const next = changes[Math.min(Math.max((focused === -1 ? at - 1 : focused) + by, 0), changes.length - 1)];
    if (next === undefined) return;
    setAt(changes.indexOf(next) + 1);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  };
  const latest = useRef(step);
  useEffect(() => {
    latest.current = step;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const by = KEYS[event.key]?.(event) ?? null;
      const { target } = event;
      // A question above this dialog has its own keys.
      const ours = target instanceof Element && target.closest("[role=dialog]")?.contains(place.current) === true;
      if (by === null || !ours) return;
      event.preventDefault();
      latest.current(by);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return (
    <div ref={place} className="comparison-steps">
      <span className="meta tabular" role="status">
        {at > 0 && count > 0 && words.position(Math.min(at, count), count)}
      </span>
      <IconButton
        icon={ArrowUp}
        label={words.previous}
        shortcut="Alt+↑"
        disabled={count === 0}
        onClick={() => step(-1)}
      />
      <IconButton icon={ArrowDown} label={words.next} shortcut="Alt+↓" disabled={count === 0} onClick={() => step(1)} />
    </div>
  );
}

interface SidesProps extends Pick<ComparisonProps, "titles" | "restores" | "onRestore"> {
  readonly compared: Compared;
  readonly layout: DiffLayout;
}

function Sides({ compared, layout, titles, restores, onRestore }: SidesProps) {
  const { sides, info, rows } = compared;
  const language = useCodeLanguage();
  const parts = useMemo(() => partsOf(rows), [rows]);
  const context: CellsContext = { sides, titles, layout, language, restores, onRestore };
  const differs = parts.some((part) => part.t === "row") || info.metadata.length > 0;
  return (
    <>
      <div className={`comparison-sides ${layout}`}>
        <span className="side old">{titles.old}</span>
        <span className="side new">{titles.new}</span>
      </div>
      {!differs && (
        <div className="revisions-note">
          <h3>{words.same}</h3>
          <p>{words.sameDetail}</p>
        </div>
      )}
      {info.metadata.length > 0 && <p className="compared-note">{words.notebookMetadata(info.metadata.join(", "))}</p>}
      {parts.map((part) =>
        part.t === "row" ? (
          <ComparedCell key={part.row.key} row={part.row} context={context} />
        ) : (
          <Unchanged key={part.key} rows={part.rows} context={context} />
        ),
      )}
    </>
  );
}

function Unchanged({ rows, context }: { readonly rows: readonly Row[]; readonly context: CellsContext }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <button type="button" className="unchanged" aria-expanded={opened} onClick={() => setOpened(!opened)}>
        {words.unchanged(rows.length)}
      </button>
      {opened && rows.map((row) => <ComparedCell key={row.key} row={row} context={context} />)}
    </>
  );
}
