/**
 * The column of cells in blocks: the browser lays out, hits and observes a block that is far away as one thing, so that what
 * a key costs does not grow with the notebook. A cell stays in its block, for its frames would be loaded again in another;
 * only one that is moved past the edge of its block goes into the next. Pure.
 */

/** In a notebook that fits into one block nothing ever leaves it. */
const LARGEST = 128;
const SIZE = 64;

export interface CellBlock {
  readonly key: number;
  /** Ids in the order of the page. */
  readonly cells: readonly string[];
}

export class CellBlocks {
  private blocks: readonly CellBlock[] = [];
  private seen: readonly string[] | null = null;

  /** The blocks for these ids in the order of the page. The same block as before when nothing in it is another. */
  follow(order: readonly string[]): readonly CellBlock[] {
    if (order === this.seen) return this.blocks;
    this.seen = order;
    this.blocks = cellBlocks(this.blocks, order);
    return this.blocks;
  }
}

export function cellBlocks(before: readonly CellBlock[], order: readonly string[]): readonly CellBlock[] {
  const homes = new Map(before.flatMap(({ cells }, at) => cells.map((id) => [id, at] as const)));
  const stays = staying(order.map((id) => homes.get(id) ?? null));
  const old = before.map((): string[] => []);
  // Where cells without a home go that do not fit: behind the old block of this number, in blocks of their own.
  const fresh = new Map<number, string[]>();
  const kept = before.map((_, at) => stays.filter((home) => home === at).length);
  let at = -1;
  for (let from = 0; from < order.length;) {
    const home = stays[from] ?? null;
    let to = from + 1;
    if (home !== null) {
      at = home;
      old[home]?.push(order[from] ?? "");
    } else {
      while (to < order.length && (stays[to] ?? null) === null) to += 1;
      const next = stays[to] ?? null;
      const into = roomFor(to - from, at, next, kept);
      const cells = order.slice(from, to);
      if (into === null) list(fresh, at).push(...cells);
      else old[into]?.push(...cells);
      if (into !== null) kept[into] = (kept[into] ?? 0) + cells.length;
    }
    from = to;
  }
  let free = Math.max(-1, ...before.map(({ key }) => key)) + 1;
  const blocks: CellBlock[] = [];
  for (let place = -1; place < before.length; place += 1) {
    const block = before[place];
    const cells = old[place] ?? [];
    if (block !== undefined && cells.length > 0) blocks.push(same(block.cells, cells) ? block : { ...block, cells });
    for (const piece of pieces(fresh.get(place) ?? [])) blocks.push({ key: free++, cells: piece });
  }
  return blocks;
}

/** Of these homes along the page the most that never go back: those cells stay. null: it has none, or it goes. */
function staying(homes: readonly (number | null)[]): readonly (number | null)[] {
  const known = homes.filter((home) => home !== null);
  if (known.every((home, at) => home >= (known[at - 1] ?? 0))) return homes;
  // Patience sorting: ends[n] is the place of the smallest home that ends a way of n + 1.
  const ends: number[] = [];
  const comesFrom = new Map<number, number | undefined>();
  homes.forEach((home, place) => {
    if (home === null) return;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((homes[ends[middle] ?? 0] ?? 0) <= home) low = middle + 1;
      else high = middle;
    }
    comesFrom.set(place, ends[low - 1]);
    ends[low] = place;
  });
  const way = new Set<number>();
  for (let place = ends.at(-1); place !== undefined; place = comesFrom.get(place)) way.add(place);
  return homes.map((home, place) => (way.has(place) ? home : null));
}

/** The old block that takes so many cells between those that stay in `before` and `after`; null: none does. */
function roomFor(count: number, before: number, after: number | null, kept: readonly number[]): number | null {
  // In the middle of a block there is no other place.
  if (before === after) return before;
  const fits = (at: number | null) => at !== null && at >= 0 && (kept[at] ?? 0) + count <= LARGEST;
  return fits(before) ? before : fits(after) ? after : null;
}

function list(lists: Map<number, string[]>, at: number): string[] {
  const found = lists.get(at) ?? [];
  lists.set(at, found);
  return found;
}

/** All in one when they fit, else pieces of about the same size. */
function pieces(cells: readonly string[]): readonly (readonly string[])[] {
  const count = cells.length <= LARGEST ? 1 : Math.ceil(cells.length / SIZE);
  const size = Math.ceil(cells.length / count);
  return cells.length === 0
    ? []
    : Array.from({ length: Math.ceil(cells.length / size) }, (_, at) => cells.slice(at * size, (at + 1) * size));
}

const same = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((id, at) => id === other[at]);
