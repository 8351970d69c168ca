/**
 * The run state of one notebook for the page: takes frames in, wakes only who looks at what changed.
 *
 * Operations apply only on the revision they follow; after a gap the store says so, and the session asks anew.
 */
import type { CellOutputs, ExecutionView, Op, Output, PromptView, RunSnapshot, WidgetModel } from "../wire/types";
import { type Discussion, SILENCE, type Thread, threadsOf } from "./discussion";
import { currentOf, NOTHING_QUEUED, type Queue, queueOf } from "./queue";
import { applyOps, type RunView, viewOf } from "./view";

/** What a cell shows of its runs. The same object until something in it changes. */
export interface CellRun {
  readonly current: ExecutionView | null;
  /** Runs before this one, when it waits; the one that runs counts. */
  readonly place: number;
  readonly outputs: CellOutputs | null;
  /** The execution whose outputs are shown. */
  readonly shown: ExecutionView | null;
  readonly prompt: PromptView | null;
}

/** What the page shows of the notebook as a whole. */
export interface RunSummary {
  readonly rev: number | null;
  readonly kernel: RunView["kernel"];
  readonly runtime: RunView["runtime"];
  readonly saved: RunView["saved"] | null;
  readonly queue: Queue;
}

type Listener = () => void;

const NO_RUN: CellRun = { current: null, place: 0, outputs: null, shown: null, prompt: null };

export class RunStore {
  private view: RunView | null = null;
  private readonly runs = new Map<string, CellRun>();
  private readonly cellListeners = new Map<string, Set<Listener>>();
  private readonly listeners = new Set<Listener>();
  private readonly opListeners = new Set<(ops: readonly Op[] | null) => void>();
  private readonly threadListeners = new Set<Listener>();
  private threadCache: { readonly of: Discussion; readonly threads: readonly Thread[] } = { of: SILENCE, threads: [] };
  private summaryCache: RunSummary = { rev: null, kernel: null, runtime: null, saved: null, queue: NOTHING_QUEUED };

  get rev(): number | null {
    return this.view?.rev ?? null;
  }

  reset(snapshot: RunSnapshot): void {
    this.become(viewOf(snapshot));
    for (const listener of this.opListeners) listener(null);
  }

  /** False when these operations do not follow what the store has: nothing was applied, and a snapshot is needed. */
  apply(fromRev: number, rev: number, ops: readonly Op[]): boolean {
    if (this.view?.rev !== fromRev) return false;
    this.become(applyOps(this.view, rev, ops));
    for (const listener of this.opListeners) listener(ops);
    return true;
  }

  /** A model of ipywidgets as it is now. */
  widget(id: string): WidgetModel | null {
    return this.view?.widgets.get(id) ?? null;
  }

  widgets(): Iterable<WidgetModel> {
    return this.view?.widgets.values() ?? [];
  }

  /** Each operation once, after it was applied: for what is said and not kept. null: everything is another. */
  subscribeOps(listener: (ops: readonly Op[] | null) => void): Listener {
    this.opListeners.add(listener);
    return () => this.opListeners.delete(listener);
  }

  /** Outputs that the snapshot had left out, as of `rev`. Those of an older revision than ours would undo operations. */
  fill(rev: number, cells: readonly CellOutputs[]): boolean {
    if (this.view?.rev !== rev) return false;
    const merged = new Map(this.view.cells);
    for (const cell of cells) merged.set(cell.cell_id, cell);
    this.become({ ...this.view, cells: merged });
    return true;
  }

  cell = (id: string): CellRun => this.runs.get(id) ?? NO_RUN;

  summary = (): RunSummary => this.summaryCache;

  /** What people say about cells; the same array until somebody says something. */
  threads = (): readonly Thread[] => this.threadCache.threads;

  subscribeThreads = (listener: Listener): Listener => {
    this.threadListeners.add(listener);
    return () => this.threadListeners.delete(listener);
  };

  /** Those that this page knows: the latest and the shown one of each cell, and all that wait or run. */
  executions(): Iterable<ExecutionView> {
    return this.view?.executions.values() ?? [];
  }

  execution(id: string): ExecutionView | null {
    return this.view?.executions.get(id) ?? null;
  }

  /** The first output that is so, of those that this page has. */
  findOutput(is: (output: Output) => boolean): Output | null {
    for (const { outputs } of this.view?.cells.values() ?? []) {
      const found = outputs.find(is);
      if (found !== undefined) return found;
    }
    return null;
  }

  /** The latest execution with this number (`In [n]`), of those that the page knows. */
  executionNumbered(count: number): ExecutionView | null {
    const found = [...(this.view?.executions.values() ?? [])].filter((each) => each.execution_count === count);
    return found.reduce<ExecutionView | null>(
      (latest, each) => (latest === null || each.queued_at >= latest.queued_at ? each : latest),
      null,
    );
  }

  subscribeCell(id: string, listener: Listener): Listener {
    const listeners = this.cellListeners.get(id) ?? new Set();
    this.cellListeners.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.cellListeners.get(id) === listeners) this.cellListeners.delete(id);
    };
  }

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private become(view: RunView): void {
    const before = this.view;
    this.view = view;
    const queue = before?.executions === view.executions ? this.summaryCache.queue : queueOf(view.executions);
    const woken = this.refreshCells(before, view, queue);
    this.refreshSummary(view, queue);
    this.refreshThreads(view);
    for (const id of woken) for (const listener of this.cellListeners.get(id) ?? []) listener();
  }

  private refreshThreads({ discussion }: RunView): void {
    if (discussion === this.threadCache.of) return;
    const none = discussion.threads.size === 0 && this.threadCache.threads.length === 0;
    this.threadCache = { of: discussion, threads: none ? this.threadCache.threads : threadsOf(discussion) };
    if (none) return;
    for (const listener of this.threadListeners) listener();
  }

  private refreshSummary(view: RunView, queue: Queue): void {
    const { rev, kernel, runtime, saved } = view;
    const old = this.summaryCache;
    const same = old.kernel === kernel && old.runtime === runtime && old.saved === saved && old.queue === queue;
    if (same && old.rev !== null) return;
    this.summaryCache = { rev, kernel, runtime, saved, queue };
    for (const listener of this.listeners) listener();
  }

  /** Renews what changed of each cell, and returns the ids of those cells. */
  private refreshCells(before: RunView | null, view: RunView, queue: Queue): readonly string[] {
    const changed = new Set<string>();
    for (const [id, outputs] of view.cells) if (before?.cells.get(id) !== outputs) changed.add(id);
    for (const id of before?.cells.keys() ?? []) if (!view.cells.has(id)) changed.add(id);
    const shownIn = (id: string) => {
      const outputs = view.cells.get(id) ?? null;
      return { outputs, shown: view.executions.get(outputs?.execution_id ?? "") ?? null };
    };
    if (before?.executions === view.executions && before.prompts === view.prompts) {
      return [...changed].filter((id) => this.renew(id, { ...this.cell(id), ...shownIn(id) }));
    }
    const executions = groupByCell(view.executions.values());
    const prompts = new Map([...view.prompts.values()].map((prompt) => [prompt.cell_id, prompt]));
    const places = new Map(queue.waiting.map((id, at) => [id, at + (queue.running === null ? 0 : 1)]));
    const ids = new Set([...changed, ...executions.keys(), ...prompts.keys(), ...this.runs.keys()]);
    return [...ids].filter((id) => {
      const current = currentOf(executions.get(id) ?? []);
      const place = current === null ? 0 : (places.get(current.id) ?? 0);
      return this.renew(id, { current, place, prompt: prompts.get(id) ?? null, ...shownIn(id) });
    });
  }

  private renew(id: string, run: CellRun): boolean {
    const old = this.runs.get(id) ?? NO_RUN;
    const same = (Object.keys(run) as (keyof CellRun)[]).every((key) => run[key] === old[key]);
    if (!same) this.runs.set(id, run);
    return !same;
  }
}

function groupByCell(executions: Iterable<ExecutionView>): Map<string, ExecutionView[]> {
  const groups = new Map<string, ExecutionView[]>();
  for (const execution of executions) {
    const group = groups.get(execution.cell_id);
    if (group === undefined) groups.set(execution.cell_id, [execution]);
    else group.push(execution);
  }
  return groups;
}
