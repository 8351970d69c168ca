/** What runs and what waits in a notebook, derived from its executions. Pure. */
import type { ExecutionView } from "../wire/types";
import { isFinal, type RunView } from "./view";

export interface Queue {
  readonly running: ExecutionView | null;
  /** Execution ids in the order in which they will run. */
  readonly waiting: readonly string[];
  /** The execution that began last. One that is over within one frame is never seen to run. */
  readonly latest: ExecutionView | null;
}

export const NOTHING_QUEUED: Queue = { running: null, waiting: [], latest: null };

export function queueOf(executions: RunView["executions"]): Queue {
  let running: ExecutionView | null = null;
  let latest: ExecutionView | null = null;
  const waiting: ExecutionView[] = [];
  for (const execution of executions.values()) {
    if (execution.state === "running") running = execution;
    else if (execution.state === "queued") waiting.push(execution);
    // By the server's clock: they begin in the order in which they were queued, and an agent's clock may be wrong.
    if (execution.started_at !== null && execution.queued_at >= (latest?.queued_at ?? 0)) latest = execution;
  }
  waiting.sort((a, b) => a.queued_at - b.queued_at);
  return { running, waiting: waiting.map(({ id }) => id), latest };
}

/** Another text after each beginning and each end of an execution. */
export function lastRun({ latest }: Queue): string {
  return latest === null ? "" : `${latest.id} ${latest.state}`;
}

/** The execution that the gutter of a cell tells of: the one that runs, else one that waits, else the latest. */
export function currentOf(executions: Iterable<ExecutionView>): ExecutionView | null {
  let current: ExecutionView | null = null;
  for (const execution of executions) {
    if (current === null || rank(execution) >= rank(current)) current = execution;
  }
  return current;
}

function rank(execution: ExecutionView): number {
  if (execution.state === "running") return Number.MAX_SAFE_INTEGER;
  return isFinal(execution) ? execution.queued_at : Number.MAX_SAFE_INTEGER / 2;
}
