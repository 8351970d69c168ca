import { expect, test } from "vitest";

import { heightOf, MOST_PX, ROW_PX, rowsAt, scrollTo } from "../../../src/notebook/values/viewport";

const HEIGHT = 560;

test.each([1, 19, 20, 1_000, 214_285, 214_286, 1_000_000, 100_000_000])("of %i rows all can be reached", (rows) => {
  expect(heightOf(rows)).toBeLessThanOrEqual(MOST_PX);
  expect(rowsAt(rows, 0, HEIGHT).first).toBe(0);
  const bottom = Math.max(0, heightOf(rows) - HEIGHT);
  expect(rowsAt(rows, bottom, HEIGHT).last).toBe(rows);
  for (const row of [0, Math.floor(rows / 3), Math.floor(rows / 2), rows - 1]) {
    for (const from of [0, bottom]) {
      const top = scrollTo(row, rows, from, HEIGHT);
      const { first, last } = rowsAt(rows, top, HEIGHT);
      expect(first).toBeLessThanOrEqual(row);
      expect(last).toBeGreaterThan(row);
      expect(scrollTo(row, rows, top, HEIGHT)).toBeCloseTo(top, 3);
    }
  }
});

test("rows stand where they are in sight", () => {
  const short = rowsAt(100, 10 * ROW_PX + 5, HEIGHT);
  expect(short).toEqual({ first: 10, last: 31, top: 280 });
  const long = rowsAt(10_000_000, MOST_PX / 2, HEIGHT);
  expect(long.top).toBe(MOST_PX / 2);
  expect(Math.abs(long.first - 5_000_000)).toBeLessThan(1_000);
});
