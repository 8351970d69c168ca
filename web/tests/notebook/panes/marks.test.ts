import { expect, test } from "vitest";

import { type Outline, outlineOf } from "../../../src/doc/sections";
import { entryAt, type Mark, marksOf, parentOf } from "../../../src/notebook/panes/contents/marks";

/** `"a1 b c2+3"`: cells with headings of these levels. */
function outline(text: string): Outline {
  return outlineOf(
    text.split(" ").map((cell) => ({
      id: cell.charAt(0),
      headings: (cell.match(/\d/g) ?? []).map((level, line) => ({ level: Number(level), text: cell, line })),
    })),
  );
}

test.each<[string, Record<string, Mark>, readonly Mark[]]>([
  ["x a1 b c2 d", { b: "failed", d: "running", x: "failed" }, ["failed", "running"]],
  ["a1 b c", { b: "failed", c: "queued" }, ["queued"]],
  ["a1+2 b", { b: "running" }, [null, "running"]],
  ["a b", { a: "running" }, []],
])("in %s", (text, states, wanted) => {
  expect(marksOf(outline(text), (id) => states[id] ?? null)).toEqual(wanted);
});

test.each([
  ["x a1 b c2 d", "x", -1],
  ["x a1 b c2 d", "a", 0],
  ["x a1 b c2 d", "b", 0],
  ["x a1 b c2 d", "d", 1],
  ["a1+2 b", "a", 0],
  ["a1+2 b", "b", 1],
  ["a1", null, -1],
])("in %s, %s is read under entry %s", (text, cell, wanted) => {
  expect(entryAt(outline(text), cell)).toBe(wanted);
});

test("left leads to what stands above", () => {
  const { entries } = outline("a1 b2 c3 d2 e1");
  expect(entries.map((_, index) => parentOf(entries, index))).toEqual([-1, 0, 1, 0, -1]);
});
