/** What comes first on Home: what runs, then what changed since one looked, then what was opened last. Pure. */
import type { Item } from "../../net/drive-rest";

export type HomeGroup = "running" | "away" | "recent";

/** A save shortly after one left is one's own. */
const OWN_MS = 60_000;

export function homeGroup({ kind, running, live, changed_at, opened_at }: Item): HomeGroup {
  if (running || live) return "running";
  if (kind !== "notebook" || opened_at === null) return "recent";
  return Date.parse(changed_at) - Date.parse(opened_at) > OWN_MS ? "away" : "recent";
}

const ORDER: readonly HomeGroup[] = ["running", "away", "recent"];

export function homeOrder<T extends Item>(items: readonly T[]): readonly T[] {
  return ORDER.flatMap((group) => items.filter((item) => homeGroup(item) === group));
}

/** The group that begins at each of these places. */
export function homeHeads(items: readonly Item[]): ReadonlyMap<number, HomeGroup> {
  const heads = new Map<number, HomeGroup>();
  items.forEach((item, at) => {
    const group = homeGroup(item);
    const before = items[at - 1];
    if (before === undefined || homeGroup(before) !== group) heads.set(at, group);
  });
  return heads;
}
