import { expect, test } from "vitest";

import { type CellBlock, CellBlocks, cellBlocks } from "../../../src/notebook/cells/cell-blocks";

const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `c${from + at}`);
const sizes = (blocks: readonly CellBlock[]) => blocks.map(({ cells }) => cells.length);
const flat = (blocks: readonly CellBlock[]) => blocks.flatMap(({ cells }) => cells);
const homes = (blocks: readonly CellBlock[]) =>
  new Map(blocks.flatMap(({ key, cells }) => cells.map((id) => [id, key])));

/** A generator of its own, so that a failure is the same each time (Numerical Recipes, LCG). */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("a notebook of a hundred cells is one block, whatever is moved in it", () => {
  const first = cellBlocks([], ids(0, 40));
  const whole = cellBlocks(first, ids(0, 100));
  expect(sizes(whole)).toEqual([100]);
  expect(whole[0]?.key).toBe(first[0]?.key);
  expect(sizes(cellBlocks(whole, ids(0, 100).reverse()))).toEqual([100]);
});

test("a long notebook comes in blocks of about the same size, behind the first cells that were there before", () => {
  const whole = cellBlocks(cellBlocks([], ids(0, 40)), ids(0, 2_000));
  expect(sizes(whole)[0]).toBe(40);
  expect(Math.max(...sizes(whole))).toBeLessThanOrEqual(64);
  expect(flat(whole)).toEqual(ids(0, 2_000));
});

test("an insertion and a removal change one block, and the others stay the same objects", () => {
  const before = cellBlocks([], ids(0, 500));
  const order = [...ids(0, 100), "new", ...ids(100, 300), ...ids(301, 500)];
  const after = cellBlocks(before, order);
  expect(flat(after)).toEqual(order);
  const others = after.filter((block) => !before.includes(block));
  expect(others.length).toBeLessThanOrEqual(2);
  expect(homes(after).get("c99")).toBe(homes(before).get("c99"));
});

test("a cell that is moved past the edge of its block is the only one that goes", () => {
  const before = cellBlocks([], ids(0, 500));
  const order = [...ids(0, 10), ...ids(11, 400), "c10", ...ids(400, 500)];
  const after = cellBlocks(before, order);
  const moved = ids(0, 500).filter((id) => homes(after).get(id) !== homes(before).get(id));
  expect(moved).toEqual(["c10"]);
});

test("a block without cells is gone, and its key is not used again by those that are there", () => {
  const before = cellBlocks([], ids(0, 500));
  const after = cellBlocks(before, [...ids(200, 500), ...ids(600, 900)]);
  expect(flat(after)).toEqual([...ids(200, 500), ...ids(600, 900)]);
  expect(new Set(after.map(({ key }) => key)).size).toBe(after.length);
});

test("whatever is done to it, the blocks are the page in its order, and who need not move does not", () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const below = chance(seed);
    const blocks = new CellBlocks();
    let order = ids(0, below(400));
    let made = 600;
    let seen = blocks.follow(order);
    for (let step = 0; step < 12; step += 1) {
      const before = homes(seen);
      const old = order;
      const [at, count] = [below(order.length + 1), below(3) === 0 ? below(200) : 1];
      const kind = below(3);
      if (kind === 0) order = [...order.slice(0, at), ...ids(made, made + count), ...order.slice(at)];
      else if (kind === 1) order = [...order.slice(0, at), ...order.slice(at + count)];
      else {
        const taken = order.slice(at, at + count);
        const rest = [...order.slice(0, at), ...order.slice(at + count)];
        const to = below(rest.length + 1);
        order = [...rest.slice(0, to), ...taken, ...rest.slice(to)];
      }
      made += count;
      seen = blocks.follow(order);
      const after = homes(seen);
      const left = old.filter((id) => after.has(id) && after.get(id) !== before.get(id));
      const [last, all] = [seen, flat(seen)];
      const wrong = {
        place: all.findIndex((id, index) => id !== order[index]),
        size: all.length - order.length,
        empty: seen.filter(({ cells }) => cells.length === 0).length,
        doubleKeys: seen.length - new Set(seen.map(({ key }) => key)).size,
        movedBeyond: Math.max(0, left.length - (kind === 2 ? count : 0)),
        another: blocks.follow(order) === last ? 0 : 1,
      };
      // One look at all of it: thousands of them take longer than what is tested.
      expect(wrong, `seed ${seed}, step ${step}`).toEqual({
        place: -1,
        size: 0,
        empty: 0,
        doubleKeys: 0,
        movedBeyond: 0,
        another: 0,
      });
    }
  }
});
