/** The runs that this page asked for, and how each of them ended: once, however many cells it had. Pure. */
import type { ExecutionView } from "../wire/types";
import { isFinal } from "./view";

export type OwnEnd =
  /** One went wrong: the others of the run do not follow it. */
  | { readonly t: "failed"; readonly execution: ExecutionView }
  | { readonly t: "done"; readonly cells: number; readonly last: ExecutionView; readonly ms: number };

type Batch = ReadonlyMap<string, ExecutionView | null>;

export class OwnRuns {
  /** Of each batch that is not over, its executions as they were seen last. */
  private readonly open = new Map<string, Batch>();

  asked(batch: string, executions: readonly string[]): void {
    this.open.set(batch, new Map(executions.map((id) => [id, null])));
  }

  /** It was refused or taken back. */
  forget(batch: string): void {
    this.open.delete(batch);
  }

  /** The runs that have ended since. `find` gives an execution as it is now; null for one that is not known. */
  step(find: (id: string) => ExecutionView | null): readonly OwnEnd[] {
    return [...this.open].flatMap(([id, before]) => {
      const batch: Batch = new Map([...before].map(([execution, seen]) => [execution, find(execution) ?? seen]));
      const end = endOf([...batch.values()], [...batch.keys()].map(find));
      if (end === undefined) this.open.set(id, batch);
      else this.open.delete(id);
      return end == null ? [] : [end];
    });
  }
}

/** undefined: it goes on. null: it is over, and there is nothing to tell. */
function endOf(
  seen: readonly (ExecutionView | null)[],
  now: readonly (ExecutionView | null)[],
): OwnEnd | null | undefined {
  const failed = seen.find((one) => one?.state === "error" || one?.state === "lost");
  if (failed != null) return { t: "failed", execution: failed };
  // One that was seen and is not known any more has been followed by a later run of its cell.
  if (seen.some((one, at) => one === null || (!isFinal(one) && now[at] !== null))) return undefined;
  const ran = seen.flatMap((one) => (one?.state === "ok" ? [one] : []));
  const last = ran.toSorted((a, b) => (a.finished_at ?? 0) - (b.finished_at ?? 0)).at(-1);
  if (last === undefined) return null;
  const began = Math.min(...ran.map(({ started_at }) => started_at ?? Infinity));
  return { t: "done", cells: ran.length, last, ms: Math.max(0, (last.finished_at ?? began) - began) };
}
