/** The order of a folder's items, as the server has it: so that what is made or renamed here is shown in its place. Pure. */
import type { Item, Sort } from "../../net/drive-rest";

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

export function compareItems(sort: Sort): (one: Item, other: Item) => number {
  const sign = sort.descending ? -1 : 1;
  const byName = (one: Item, other: Item) => names.compare(one.name, other.name);
  switch (sort.by) {
    case "name":
      return (one, other) => folderFirst(one, other) || sign * byName(one, other);
    case "changed":
      return (one, other) => sign * compareText(one.changed_at, other.changed_at) || byName(one, other);
    case "size":
      return (one, other) => sign * (one.size - other.size) || byName(one, other);
  }
}

const folderFirst = (one: Item, other: Item) => Number(other.kind === "folder") - Number(one.kind === "folder");
const compareText = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

/** Where it stands among others that are in this order. */
export function placeIn(items: readonly Item[], item: Item, compare: (one: Item, other: Item) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = items[middle];
    if (there !== undefined && compare(there, item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
