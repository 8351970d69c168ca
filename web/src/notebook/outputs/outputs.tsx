/**
 * All outputs of a cell, in order, with the question it asks and the cause of its end.
 *
 * Nothing below a cell moves when it runs again: while it runs and has said nothing yet, its outputs keep their height.
 */
import "./outputs.css";

import { CircleAlert, Table2 } from "lucide-react";
import { lazy, memo, type ReactNode, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import type { CellOutputs, DisplayOutput, ExecutionView, Output, Shown } from "../../wire/types";
import { isFinal } from "../../runs/view";
import { Button } from "../../ui/button";
import { Contained } from "../../ui/contained";
import { fetchPart } from "../../ui/part";
import { strings } from "../../words";
import { useCellMeta, useCellRun, useController, useMay, useSummary } from "../context";
import { actionsOf, cellActions } from "./actions";
import { useOpenOutputs } from "./closed-widgets";
import { Display } from "./display";
import { ErrorView } from "./error";
import { Frame } from "./frame";
import { frameActions } from "./frame-actions";
import { OutputBox } from "./output-box";
import { areHidden, type Scrolling, scrollingOf, setHidden } from "./output-state";
import { planOutputs } from "./plan";
import { Prompt, useAsked } from "./prompt";
import { PADDING_PX, roomOf } from "./room";
import { useColumn } from "./use-room";
import { Stream } from "./stream";
import { roomOfTables, tableLines } from "./table/lines";
import type { Table } from "./table/parse";
import { type Tables, useTables } from "./table/use-tables";

const TableOutput = lazy(async () => ({
  default: (await fetchPart(() => import("./table/table-output"))).TableOutput,
}));

interface OutputsProps {
  readonly id: string;
  readonly reached: boolean;
}

export function Outputs({ id, reached }: OutputsProps) {
  const { outputs, prompt, current } = useCellRun(id);
  const meta = useCellMeta(id);
  const { session } = useController();
  const lacking = reached && outputs?.complete === false;
  useEffect(() => {
    if (lacking) session.need(id);
  }, [lacking, session, id]);
  const cause = current === null ? null : causeOf(current);
  const empty = outputs === null || (outputs.complete && outputs.outputs.length === 0);
  const running = current?.state === "running";
  const cleared = useCleared(outputs?.execution_id ?? null, empty) && running;
  const asked = useAsked(prompt, running);
  const hasAsked = useHasAsked(current?.id ?? null, prompt !== null);
  const [place, held] = useHeldHeight(empty, running && !hasAsked);
  if (empty && !cleared && asked === null && cause === null && held === 0) return null;
  const hidden = areHidden(meta) && !empty;
  return (
    <div
      ref={place}
      className="outputs"
      role="group"
      aria-label={strings.output.label}
      {...(held > 0 && { style: { minHeight: held } })}
    >
      {hidden && <Hidden id={id} />}
      {outputs !== null && (!empty || cleared) && !hidden && (
        <ShownOrPlace cell={outputs} reached={reached} scrolling={scrollingOf(meta)} running={running} />
      )}
      {asked !== null && <Prompt cell={id} {...asked} />}
      {cause !== null && <Note text={cause} action={<Reconnect />} />}
    </div>
  );
}

/** Whether this execution has shown something and shows nothing now: what it showed may come again at any moment. */
function useCleared(execution: string | null, empty: boolean): boolean {
  const [had, setHad] = useState<string | null>(null);
  if (!empty && had !== execution) setHad(execution);
  return empty && execution !== null && had === execution;
}

/** Whether this execution has asked something: the question stands in the place of what was there. */
function useHasAsked(execution: string | null, asks: boolean): boolean {
  const [asker, setAsker] = useState<string | null>(null);
  if (asks && asker !== execution) setAsker(execution);
  return execution !== null && asker === execution;
}

/** The height to keep: that of the outputs before, while the cell runs, and has neither outputs nor a question. */
function useHeldHeight(empty: boolean, running: boolean) {
  const place = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  const [held, setHeld] = useState(0);
  const holds = empty && running;
  useLayoutEffect(() => {
    setHeld(holds ? height.current : 0);
    const { current } = place;
    if (empty || current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      height.current = entry?.borderBoxSize[0]?.blockSize ?? 0;
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [holds, empty]);
  return [place, held] as const;
}

function Hidden({ id }: { readonly id: string }) {
  const { session } = useController();
  const show = () => {
    const { book } = session.status();
    if (book !== null) setHidden(book, id, false);
  };
  return (
    <p className="outputs-hidden">
      {strings.output.hidden}
      <Button onClick={show}>{strings.output.show}</Button>
    </p>
  );
}

interface ShownProps {
  readonly cell: CellOutputs;
  readonly reached: boolean;
  readonly scrolling: Scrolling;
  readonly running: boolean;
}

function ShownOrPlace({ cell, reached, ...props }: ShownProps) {
  if (!cell.complete || !reached) return <Place cell={cell} />;
  return (
    <Contained of={cell} instead={<Undrawn />}>
      <Planned cell={cell} {...props} />
    </Contained>
  );
}

/** Stands for outputs that have not come yet, about as high as they will be. */
function Place({ cell }: { readonly cell: CellOutputs }) {
  const column = useColumn(cell.cell_id);
  const height = Math.max(0, roomOf(cell, column) - PADDING_PX);
  return <div className="output-place" style={{ height }} aria-busy="true" aria-label={strings.output.loading} />;
}

const Planned = memo(function Planned({ cell, scrolling, running }: Omit<ShownProps, "reached">) {
  const { cell_id: id, execution_id: execution } = cell;
  const outputs = useOpenOutputs(cell, useController().session.runs);
  const tables = useTables(outputs);
  const [plain, setPlain] = useState<ReadonlySet<string>>(new Set());
  const asData = useMemo(() => {
    const known = [...tables.read.keys(), ...tables.waiting];
    return new Set(known.filter((output) => !plain.has(output)));
  }, [tables, plain]);
  const { before, framed, after } = planOutputs(outputs, asData);
  const keepsFrame = useCleared(execution, framed.length === 0) && running;
  const each = (output: Output) => {
    const table = asData.has(output.id) ? tables.read.get(output.id) : undefined;
    const setsPlain = () => setPlain(new Set(plain).add(output.id));
    if (tables.waiting.has(output.id)) return <TablePlace key={output.id} output={output} />;
    if (table === undefined) return <One key={output.id} cell={id} output={output} scrolling={scrolling} />;
    const shown = output.t === "display" && execution !== null ? shownBy(outputs, output, tables, execution) : null;
    return <DataTable key={output.id} cell={id} output={output} table={table} shown={shown} onPlain={setsPlain} />;
  };
  return (
    <>
      {before.map(each)}
      {(framed.length > 0 || keepsFrame) && (
        <Framed
          key={execution ?? ""}
          cell={id}
          outputs={framed}
          onTables={framed.some((output) => plain.has(output.id)) ? () => setPlain(new Set()) : null}
        />
      )}
      {after.map(each)}
    </>
  );
});

/** By what the kernel finds the frame of an output again: the result, or which of the tables that were displayed. */
function shownBy(outputs: readonly Output[], output: DisplayOutput, { read }: Tables, execution: string): Shown {
  const displayed = outputs.filter((each) => each.t === "display" && !each.result && read.has(each.id));
  const ordinal = output.result ? 0 : displayed.indexOf(output);
  return { t: "shown", execution_id: execution, result: output.result, ordinal, execution_count: 0 };
}

/** As high as the table will be. */
function TablePlace({ output }: { readonly output: Output }) {
  const lines = tableLines(output);
  return (
    <p className="output-note" style={{ minHeight: lines === 0 ? undefined : roomOfTables(1, lines) }}>
      {strings.output.loading}
    </p>
  );
}

interface DataTableProps {
  readonly cell: string;
  readonly output: Output;
  readonly table: Table;
  readonly shown: Shown | null;
  readonly onPlain: () => void;
}

function DataTable({ cell, output, ...props }: DataTableProps) {
  const controller = useController();
  return (
    <OutputBox actions={() => [cellActions(controller, cell)]}>
      <Suspense fallback={<TablePlace output={output} />}>
        <TableOutput {...props} />
      </Suspense>
    </OutputBox>
  );
}

interface FramedProps {
  readonly cell: string;
  readonly outputs: readonly Output[];
  /** Back to tables, where a person chose to see them plain. */
  readonly onTables: (() => void) | null;
}

function Framed({ cell, outputs, onTables }: FramedProps) {
  const controller = useController();
  const back =
    onTables === null ? [] : [{ id: "table", title: strings.table.interactive, icon: Table2, run: onTables }];
  return (
    <OutputBox actions={() => [back, frameActions(controller, cell), cellActions(controller, cell)]}>
      <Frame cell={cell} outputs={outputs} />
    </OutputBox>
  );
}

interface OneProps {
  readonly cell: string;
  readonly output: Output;
  readonly scrolling: Scrolling;
}

function Undrawn() {
  return <p className="output-note">{strings.output.undrawn}</p>;
}

/** One output with its menu. */
const One = memo(function One(props: OneProps) {
  const controller = useController();
  const { cell, output } = props;
  return (
    <OutputBox actions={() => [actionsOf(controller, cell, output), cellActions(controller, cell)]}>
      <Contained of={output} instead={<Undrawn />}>
        <Bare {...props} />
      </Contained>
    </OutputBox>
  );
});

/** One output as it is. */
export function Bare({ cell, output, scrolling }: OneProps) {
  switch (output.t) {
    case "stream":
      return <Stream cell={cell} output={output} scrolling={scrolling} />;
    case "error":
      return <ErrorView cell={cell} output={output} />;
    case "display":
      return <Display output={output} scrolling={scrolling} />;
    case "cut":
      return <Note text={output.cause.message} />;
  }
}

/** Why a run ended as it did, when there is more to say than its outputs do. */
function causeOf(execution: ExecutionView): string | null {
  return isFinal(execution) ? (execution.cause?.message ?? null) : null;
}

function Note({ text, action }: { readonly text: string; readonly action?: ReactNode }) {
  return (
    <div className="output-cause">
      <CircleAlert aria-hidden />
      <span>{text}</span>
      {action}
    </div>
  );
}

/** What a run was lost with is gone: the one thing to do is to get another. */
function Reconnect() {
  const { running } = useController();
  const { runtime } = useSummary();
  const may = useMay("run");
  if (!may || (runtime !== null && runtime.state !== "ended")) return null;
  return (
    <Button look="outlined" onClick={() => running.connect()}>
      {strings.traceback.connect}
    </Button>
  );
}
