/** What comes first on Home: what runs, then what ran since one was here before, then what was opened last. Pure. */
import type { FoundItem } from "../../net/drive-rest";

export type HomeGroup = "running" | "away" | "recent";

/** A runtime that only waits is a mark on its notebook: nothing runs there. */
export function homeGroup({ running, run }: FoundItem): HomeGroup {
  if (running) return "running";
  return run?.ended_at != null ? "away" : "recent";
}

const ORDER: readonly HomeGroup[] = ["running", "away", "recent"];

/** `ran`: what the server says of runs; `recent`: what was opened last. */
export function homeOrder(ran: readonly FoundItem[], recent: readonly FoundItem[]): readonly FoundItem[] {
  const known = new Set(ran.map(({ id }) => id));
  const items = [...ran, ...recent.filter(({ id }) => !known.has(id))];
  return ORDER.flatMap((group) => items.filter((item) => homeGroup(item) === group));
}

/** The group that begins at each of these places. */
export function homeHeads(items: readonly FoundItem[]): ReadonlyMap<number, HomeGroup> {
  const heads = new Map<number, HomeGroup>();
  items.forEach((item, at) => {
    const group = homeGroup(item);
    const before = items[at - 1];
    if (before === undefined || homeGroup(before) !== group) heads.set(at, group);
  });
  return heads;
}
