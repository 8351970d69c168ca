/**
 * What happened to runs while a person looked elsewhere: what was seen of them last, and what is new since. Pure.
 *
 * Moments are those of the server and its runtimes, compared with one another only: a browser's clock may say anything.
 */
import type { Cause, ExecutionView, RuntimeView } from "../wire/types";
import { isFinal } from "./view";

/** What was there to be seen when somebody looked last. */
export interface Seen {
  /** The latest moment of any execution. */
  readonly latest: number;
  /** Executions that waited or ran. */
  readonly open: readonly string[];
  /** The runtime that had not ended. */
  readonly runtime: string | null;
}

export interface News {
  readonly finished: readonly ExecutionView[];
  readonly failed: readonly ExecutionView[];
  readonly lost: readonly ExecutionView[];
  readonly stopped: readonly ExecutionView[];
  readonly running: ExecutionView | null;
  /** The runtime that was there has ended, and why. */
  readonly ended: { readonly cause: Cause | null } | null;
}

/** Of a queue longer than this the later ones are known by their moments alone. */
const OPEN_KEPT = 500;

const latestOf = ({ queued_at, started_at, finished_at }: ExecutionView) =>
  Math.max(queued_at, started_at ?? 0, finished_at ?? 0);

export function seenOf(executions: Iterable<ExecutionView>, runtime: RuntimeView | null): Seen {
  const all = [...executions];
  const open = all.filter((execution) => !isFinal(execution)).map(({ id }) => id);
  return {
    latest: all.reduce((latest, execution) => Math.max(latest, latestOf(execution)), 0),
    open: open.slice(0, OPEN_KEPT),
    runtime: runtime === null || runtime.state === "ended" ? null : runtime.id,
  };
}

/** Of what came back from a browser's store; null when it is none of ours. */
export function readSeen(text: string | null): Seen | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    if (typeof value !== "object" || value === null) return null;
    const { latest, open, runtime } = value as Record<string, unknown>;
    if (typeof latest !== "number" || !Array.isArray(open)) return null;
    const ids = open.filter((id) => typeof id === "string");
    return { latest, open: ids, runtime: typeof runtime === "string" ? runtime : null };
  } catch {
    return null;
  }
}

export function newsSince(seen: Seen, executions: Iterable<ExecutionView>, runtime: RuntimeView | null): News {
  const open = new Set(seen.open);
  const all = [...executions].sort((a, b) => a.queued_at - b.queued_at);
  const ended = all.filter(
    (execution) => isFinal(execution) && (open.has(execution.id) || latestOf(execution) > seen.latest),
  );
  const gone = runtime?.state === "ended" && runtime.id === seen.runtime;
  return {
    finished: ended.filter(({ state }) => state === "ok"),
    failed: ended.filter(({ state }) => state === "error"),
    lost: ended.filter(({ state }) => state === "lost"),
    stopped: ended.filter(({ state }) => state === "aborted"),
    running: all.find(({ state }) => state === "running") ?? null,
    ended: gone ? { cause: runtime.cause } : null,
  };
}

export const endedIn = ({ finished, failed, lost, stopped }: News): readonly ExecutionView[] => [
  ...failed,
  ...lost,
  ...stopped,
  ...finished,
];

export const isNews = (news: News): boolean => endedIn(news).length > 0 || news.ended !== null;

/** A run that is over: all that ran from when something began to run until nothing did. */
export interface RunEnd {
  readonly cells: number;
  /** The one that went wrong, if any; else the last. */
  readonly execution: ExecutionView;
  readonly ms: number;
}

/** Notices when runs are over. A batch of short cells is one run: it is over when nothing waits or runs. */
export class RunWatch {
  private open: ReadonlySet<string> = new Set();
  private readonly members = new Set<string>();

  step(executions: Iterable<ExecutionView>): RunEnd | null {
    const all = [...executions];
    const open = new Set(all.filter((execution) => !isFinal(execution)).map(({ id }) => id));
    for (const id of [...this.open, ...open]) this.members.add(id);
    const over = this.open.size > 0 && open.size === 0;
    this.open = open;
    if (!over) return null;
    const ended = all.filter(({ id }) => this.members.has(id));
    this.members.clear();
    return endOf(ended);
  }
}

function endOf(ended: readonly ExecutionView[]): RunEnd | null {
  const ran = ended.filter(({ started_at, finished_at }) => started_at !== null && finished_at !== null);
  const last = ran.toSorted((a, b) => (a.finished_at ?? 0) - (b.finished_at ?? 0)).at(-1);
  if (last === undefined) return null;
  const bad = ran.find(({ state }) => state !== "ok");
  const began = Math.min(...ran.map(({ started_at }) => started_at ?? Infinity));
  return { cells: ran.length, execution: bad ?? last, ms: (last.finished_at ?? began) - began };
}
