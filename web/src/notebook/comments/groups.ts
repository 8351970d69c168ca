/** Threads as the pane shows them: those of the selected cell first, the others by their cells, those of deleted cells last. Pure. */
import type { Thread } from "../../runs/discussion";

export interface ThreadGroups {
  readonly here: readonly Thread[];
  readonly others: readonly Thread[];
  readonly gone: readonly Thread[];
}

export function groupThreads(
  threads: readonly Thread[],
  order: readonly string[],
  selected: string | null,
  resolved: boolean,
): ThreadGroups {
  const place = new Map(order.map((id, index) => [id, index]));
  const wanted = threads.filter((thread) => thread.resolved === resolved);
  const at = ({ cell_id }: Thread) => place.get(cell_id) ?? -1;
  return {
    here: wanted.filter(({ cell_id }) => cell_id === selected && place.has(cell_id)),
    others: wanted
      .filter(({ cell_id }) => cell_id !== selected && place.has(cell_id))
      .sort((a, b) => at(a) - at(b) || a.at - b.at),
    gone: wanted.filter(({ cell_id }) => !place.has(cell_id)),
  };
}
