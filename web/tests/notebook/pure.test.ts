import { expect, test } from "vitest";

import { StableOrder, stableOrder } from "../../src/notebook/cells/stable-order";
import { ago, bytes, clock, duration, shortDuration } from "../../src/ui/format";

test("a cell that is moved keeps its place in the DOM, a new one goes in behind the one before it", () => {
  const order = new StableOrder();
  expect(order.follow(["a", "b", "c"])).toEqual(["a", "b", "c"]);
  expect(order.follow(["c", "a", "b"])).toEqual(["a", "b", "c"]);
  expect(order.follow(["c", "x", "a", "b"])).toEqual(["a", "b", "c", "x"]);
  expect(order.follow(["first", "c", "a"])).toEqual(["first", "a", "c"]);
});

test("cells that stay never change places among each other, whatever comes, goes and moves", () => {
  let dom = stableOrder([], ["a", "b", "c", "d", "e"]);
  for (const order of [
    ["e", "d", "n1", "c"],
    ["c", "n2", "e", "n1", "d"],
    ["n3", "d", "e"],
  ]) {
    const next = stableOrder(dom, order);
    expect([...next].sort()).toEqual([...order].sort());
    const stayed = dom.filter((id) => next.includes(id));
    expect(next.filter((id) => stayed.includes(id))).toEqual(stayed);
    dom = next;
  }
});

test("numbers are said as people read them", () => {
  expect([duration(90), duration(12_400), duration(65_000), duration(7_500_000)]).toEqual([
    "0.1 s",
    "12 s",
    "1 min 5 s",
    "2 h 5 min",
  ]);
  expect([shortDuration(12), shortDuration(2_340), shortDuration(65_000)]).toEqual(["12ms", "2.3s", "1:05"]);
  expect([clock(-5), clock(2_900), clock(61_000)]).toEqual(["0s", "2s", "1:01"]);
  expect([bytes(900), bytes(5_400), bytes(3_400_000_000)]).toEqual(["900 B", "5.3 KB", "3.2 GB"]);
  expect(ago(0, 5 * 60_000)).toBe("5 min ago");
});
