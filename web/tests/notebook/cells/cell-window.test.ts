import { expect, test, vi } from "vitest";

import { CellWindow } from "../../../src/notebook/cells/cell-window";

/** A column of cells of 500 pixels each. */
function column(count: number) {
  const page = { top: 0, order: Array.from({ length: count }, (_, at) => `c${at}`), frames: [] as (() => void)[] };
  const cells = new CellWindow({
    order: () => page.order,
    at: (order, y) => Math.min(order.length - 1, Math.max(0, Math.floor((y + page.top) / 500))),
    height: () => 1000,
    frame: (call) => page.frames.push(call),
  });
  const near = new Set<string>();
  for (const id of page.order) cells.follow(id, (is) => (is ? near.add(id) : near.delete(id)));
  const draw = () => page.frames.splice(0).forEach((call) => call());
  return { page, cells, near, draw };
}

test("what is near the viewport is told, once a frame", () => {
  const { page, cells, near, draw } = column(100);
  expect(page.frames).toHaveLength(1);
  draw();
  expect([...near]).toEqual(["c0", "c1", "c2", "c3"]);
  page.top = 10_000;
  cells.ask();
  cells.ask();
  expect(page.frames).toHaveLength(1);
  draw();
  expect([...near].sort()).toEqual(["c18", "c19", "c20", "c21", "c22", "c23"]);
});

test("a cell that goes leaves, and one that comes again is told at once that it is near", () => {
  const { page, cells, near, draw } = column(3);
  draw();
  page.order = ["c0", "c2"];
  cells.ask();
  draw();
  expect([...near]).toEqual(["c0", "c2"]);
  const again = vi.fn();
  cells.follow("c2", again);
  expect(again).toHaveBeenCalledWith(true);
});

test("an empty notebook has nothing near", () => {
  const { near, draw } = column(0);
  draw();
  expect(near.size).toBe(0);
});
