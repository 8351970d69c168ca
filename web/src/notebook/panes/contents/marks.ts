/** Pure: what runs, waits or failed in each part of an outline, for its line in the table of contents. */
import type { Outline, OutlineEntry } from "../../../doc/sections";

export type Mark = "running" | "queued" | "failed" | null;

const RANK: Readonly<Record<string, number>> = { failed: 1, queued: 2, running: 3 };

/** The stronger mark of two: what is alive before what has failed. */
const stronger = (one: Mark, other: Mark): Mark => ((RANK[one ?? ""] ?? 0) >= (RANK[other ?? ""] ?? 0) ? one : other);

/** For each entry, that of the cells from its heading to the next one. */
export function marksOf({ order, entries }: Outline, stateOf: (cell: string) => Mark): readonly Mark[] {
  const marks: Mark[] = entries.map(() => null);
  const begins = new Map<string, number>();
  // Of several headings in a cell the last one has what follows.
  for (const [index, { cell }] of entries.entries()) begins.set(cell, index);
  let current = -1;
  for (const id of order) {
    current = begins.get(id) ?? current;
    if (current !== -1) marks[current] = stronger(marks[current] ?? null, stateOf(id));
  }
  return marks;
}

/** The entry that one reads when this cell is at the top of the page; -1 before the first heading. */
export function entryAt({ order, entries }: Outline, cell: string | null): number {
  const places = new Map(order.map((id, at) => [id, at]));
  const at = cell === null ? -1 : (places.get(cell) ?? -1);
  let found = -1;
  for (const [index, entry] of entries.entries()) {
    const place = places.get(entry.cell) ?? Infinity;
    if (place < at || (place === at && entry.nth === 0)) found = index;
  }
  return found;
}

/** Where Left leads in the tree: the nearest entry before that stands above this one. */
export function parentOf(entries: readonly OutlineEntry[], index: number): number {
  const level = entries[index]?.level ?? 0;
  for (let at = index - 1; at >= 0; at -= 1) if ((entries[at]?.level ?? 7) < level) return at;
  return -1;
}
