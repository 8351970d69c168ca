/**
 * The run state as a page holds it, and what each operation does to it. Pure: a view and an operation give a new view,
 * and whatever did not change stays the same object.
 *
 * The twin of src/noctule/runs/view.py; contract/fixtures/runs/*.json hold both to the same results.
 */
import {
  type CellOutputs,
  type ExecutionState,
  type ExecutionView,
  type KernelView,
  LIMITS,
  type Op,
  type Output,
  type PromptView,
  type RunSnapshot,
  type RuntimeView,
  type SavedView,
  type StreamOutput,
  type TextAppend,
  type WidgetGone,
  type WidgetModel,
  type WidgetPatch,
} from "../wire/types";
import { applyComment, type Discussion } from "./discussion";

export interface RunView {
  readonly rev: number;
  readonly kernel: KernelView | null;
  readonly runtime: RuntimeView | null;
  readonly saved: SavedView;
  readonly executions: ReadonlyMap<string, ExecutionView>;
  readonly cells: ReadonlyMap<string, CellOutputs>;
  readonly prompts: ReadonlyMap<string, PromptView>;
  readonly widgets: ReadonlyMap<string, WidgetModel>;
  readonly discussion: Discussion;
}

const FINAL: ReadonlySet<ExecutionState> = new Set<ExecutionState>(["ok", "error", "aborted", "lost"]);

export const isFinal = (execution: ExecutionView): boolean => FINAL.has(execution.state);

const byId = <T extends { readonly id: string }>(items: readonly T[]) => new Map(items.map((item) => [item.id, item]));

export function viewOf(snapshot: RunSnapshot): RunView {
  return {
    rev: snapshot.rev,
    kernel: snapshot.kernel,
    runtime: snapshot.runtime,
    saved: snapshot.saved,
    executions: byId(snapshot.executions),
    cells: new Map(snapshot.cells.map((cell) => [cell.cell_id, cell])),
    prompts: byId(snapshot.prompts),
    widgets: byId(snapshot.widgets),
    discussion: { threads: byId(snapshot.threads), comments: byId(snapshot.comments) },
  };
}

export function snapshotOf(view: RunView): RunSnapshot {
  return {
    rev: view.rev,
    kernel: view.kernel,
    runtime: view.runtime,
    saved: view.saved,
    executions: [...view.executions.values()],
    cells: [...view.cells.values()],
    prompts: [...view.prompts.values()].sort((a, b) => a.opened_at - b.opened_at || (a.id < b.id ? -1 : 1)),
    widgets: [...view.widgets.values()],
    threads: [...view.discussion.threads.values()],
    comments: [...view.discussion.comments.values()],
  };
}

function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const copy = new Map(map);
  return copy.delete(key) ? copy : map;
}

export function applyOps(view: RunView, rev: number, ops: readonly Op[]): RunView {
  return { ...ops.reduce(applyOp, view), rev };
}

export function applyOp(view: RunView, op: Op): RunView {
  switch (op.t) {
    case "execution":
      return putExecution(view, op.execution);
    case "shows":
      return { ...view, cells: put(view.cells, op.cell_id, nothing(op.cell_id, op.execution_id, op.execution_count)) };
    case "put":
      return changeCell(view, op, (outputs) => [...outputs, op.output]);
    case "text":
      return changeOutput(view, op, (output) => (output.t === "stream" ? appendText(output, op) : output));
    case "replace":
      return changeOutput(view, op, (output) =>
        output.t === "display" ? { ...output, data: op.data, metadata: op.metadata } : output,
      );
    case "clear":
      return clearCell(view, op);
    case "clear-next":
      return view;
    case "prompt":
      return { ...view, prompts: putPrompt(view.prompts, op.prompt) };
    case "kernel":
      return { ...view, kernel: op.kernel };
    case "runtime":
      return { ...view, runtime: op.runtime };
    case "saved":
      return { ...view, saved: op.saved };
    case "widget":
      return { ...view, widgets: put(view.widgets, op.model.id, op.model) };
    case "widget-patch":
      return { ...view, widgets: patchWidget(view.widgets, op) };
    case "widget-gone":
      return { ...view, widgets: removeWidget(view.widgets, op) };
    case "thread":
    case "comment":
    case "comment-gone":
      return { ...view, discussion: applyComment(view.discussion, op) };
    default:
      // An operation of a newer minor version of the protocol: it adds what this page does not show.
      return view;
  }
}

function nothing(cellId: string, executionId: string | null, executionCount: number | null = null): CellOutputs {
  return {
    cell_id: cellId,
    execution_id: executionId,
    execution_count: executionCount,
    outputs: [],
    complete: true,
    count: 0,
    bytes: 0,
    lines: 0,
    width: 0,
    height: 0,
    tables: 0,
    rows: 0,
    superseded: false,
  };
}

function putExecution(view: RunView, execution: ExecutionView): RunView {
  return { ...view, executions: put(view.executions, execution.id, execution) };
}

function putPrompt(prompts: RunView["prompts"], prompt: PromptView): RunView["prompts"] {
  return prompt.state === "open" ? put(prompts, prompt.id, prompt) : without(prompts, prompt.id);
}

interface Target {
  readonly cell_id: string;
  readonly execution_id: string | null;
}

/** Changes the outputs of a cell, when it still shows that execution. */
function changeCell(view: RunView, target: Target, change: (outputs: readonly Output[]) => readonly Output[]): RunView {
  const cell = view.cells.get(target.cell_id) ?? nothing(target.cell_id, target.execution_id);
  if (cell.execution_id !== target.execution_id) return view;
  return { ...view, cells: put(view.cells, target.cell_id, { ...cell, outputs: change(cell.outputs) }) };
}

function clearCell(view: RunView, target: Target): RunView {
  const cell = view.cells.get(target.cell_id);
  if (cell !== undefined && cell.execution_id !== target.execution_id) return view;
  const count = view.cells.get(target.cell_id)?.execution_count ?? null;
  return { ...view, cells: put(view.cells, target.cell_id, nothing(target.cell_id, target.execution_id, count)) };
}

function changeOutput(
  view: RunView,
  target: Target & { readonly output_id: string },
  change: (output: Output) => Output,
): RunView {
  return changeCell(view, target, (outputs) => {
    // What grows or changes is nearly always the last.
    const at = outputs.findLastIndex(({ id }) => id === target.output_id);
    return at === -1 ? outputs : outputs.map((output, index) => (index === at ? change(output) : output));
  });
}

/** The finished text grows. Of a long one a page keeps the head and the end, and counts what lies between. */
export function appendText(stream: StreamOutput, op: TextAppend): StreamOutput {
  const { tail, cursor, terminal } = op;
  const chars = stream.chars + op.skipped + codePoints(op.text);
  const grown = { ...stream, chars, tail, cursor, terminal };
  if (op.skipped > 0) {
    const head = stream.text.slice(0, indexAt(stream.text, LIMITS.TEXT_HEAD_CHARS));
    const left = codePoints(stream.text) - codePoints(head) + codePoints(stream.text_end);
    return cutEnd({ ...grown, text: head, omitted: stream.omitted + left + op.skipped, text_end: op.text });
  }
  if (stream.omitted > 0) return cutEnd({ ...grown, text_end: stream.text_end + op.text });
  const text = stream.text + op.text;
  const most = LIMITS.TEXT_HEAD_CHARS + LIMITS.TEXT_TAIL_CHARS;
  if (text.length <= most || codePoints(text) <= most) return { ...grown, text };
  const head = indexAt(text, LIMITS.TEXT_HEAD_CHARS);
  return cutEnd({ ...grown, text: text.slice(0, head), text_end: text.slice(head) });
}

function cutEnd(stream: StreamOutput): StreamOutput {
  const surplus = codePoints(stream.text_end) - LIMITS.TEXT_TAIL_CHARS;
  if (surplus <= 0) return stream;
  const text_end = stream.text_end.slice(indexAt(stream.text_end, surplus));
  return { ...stream, omitted: stream.omitted + surplus, text_end };
}

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;

/** The length as the server counts it. */
export function codePoints(text: string): number {
  return text.length - (text.match(PAIR)?.length ?? 0);
}

/** The index in UTF-16 of the code point number `count`. */
function indexAt(text: string, count: number): number {
  let index = 0;
  for (let left = count; left > 0 && index < text.length; left -= 1) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}

/** Of the changed top-level keys, earlier values and buffers are gone. */
function patchWidget(widgets: RunView["widgets"], op: WidgetPatch): RunView["widgets"] {
  const model = widgets.get(op.id);
  if (model?.epoch !== op.epoch) return widgets;
  const buffered = new Set([...op.buffers, ...op.raw_buffers].map(([path]) => String(path[0])));
  const kept = Object.entries(model.state).filter(([key]) => !buffered.has(key));
  const changed = new Set([...Object.keys(op.state), ...buffered]);
  const buffers = [...model.buffers.filter(([path]) => !changed.has(String(path[0]))), ...op.buffers];
  const state = { ...Object.fromEntries(kept), ...op.state };
  return put(widgets, op.id, { ...model, state, buffers, capture: op.capture ?? model.capture });
}

function removeWidget(widgets: RunView["widgets"], op: WidgetGone): RunView["widgets"] {
  return widgets.get(op.id)?.epoch === op.epoch ? without(widgets, op.id) : widgets;
}
