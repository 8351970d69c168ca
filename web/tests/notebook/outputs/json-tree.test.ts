import { expect, test } from "vitest";

import {
  firstOpen,
  keyOf,
  PAGE,
  pathText,
  previewOf,
  revealed,
  rowsOf,
  searchTree,
} from "../../../src/notebook/outputs/json-tree";

const VALUE = { name: "run", tags: ["a", "b"], nested: { deep: { deeper: null } }, empty: {}, ok: true };
const allOf = (open: ReadonlySet<string>) => ({ open, listed: new Map<string, number>() });

test("only what is open is listed, in the order of the value", () => {
  const shut = rowsOf(VALUE, allOf(new Set()));
  expect(shut.map(({ key, count }) => [key, count])).toEqual([["[]", 5]]);
  const open = rowsOf(VALUE, allOf(new Set(["[]", keyOf(["tags"])])));
  expect(open.map(({ depth, name }) => [depth, name])).toEqual([
    [0, null],
    [1, "name"],
    [1, "tags"],
    [2, 0],
    [2, 1],
    [1, "nested"],
    [1, "empty"],
    [1, "ok"],
  ]);
  expect(open[3]).toMatchObject({ position: 1, siblings: 2, kind: "string", value: "a" });
});

test("a short value is open at first, of a long one the first levels", () => {
  expect(firstOpen(VALUE)).toEqual(new Set(["[]", keyOf(["tags"]), keyOf(["nested"]), keyOf(["nested", "deep"])]));
  expect(firstOpen(Array.from({ length: 50 }, () => ({ a: 1, b: 2 })))).toEqual(new Set(["[]"]));
  expect(firstOpen("text")).toEqual(new Set());
});

test("a long list is listed a page at a time", () => {
  const list = Array.from({ length: 250 }, (_, at) => at);
  const rows = rowsOf(list, allOf(new Set(["[]"])));
  expect(rows).toHaveLength(1 + PAGE + 1);
  expect(rows.at(-1)).toMatchObject({ kind: "more", count: 150, path: [] });
  expect(rowsOf(list, { open: new Set(["[]"]), listed: new Map([["[]", 300]]) })).toHaveLength(251);
});

test("what is found is revealed with all that it lies in", () => {
  const value = { list: Array.from({ length: 300 }, (_, at) => ({ id: `item ${at}` })) };
  const { paths, more } = searchTree(value, "ITEM 217");
  expect([paths, more]).toEqual([[["list", 217, "id"]], false]);
  const rows = rowsOf(value, revealed(value, paths[0] ?? [], allOf(new Set())));
  expect(rows.some(({ key }) => key === keyOf(["list", 217, "id"]))).toBe(true);
  expect(searchTree(VALUE, "nested").paths).toEqual([["nested"]]);
  expect(searchTree(VALUE, "true").paths).toEqual([["ok"]]);
  expect(
    searchTree(
      Array.from({ length: 2_000 }, () => "x"),
      "x",
    ).more,
  ).toBe(true);
});

test("a path is written as Python takes it, and a long text is cut", () => {
  expect(pathText(["items", 0, 'a"b'])).toBe('["items"][0]["a\\"b"]');
  const [row] = rowsOf("x".repeat(1_000), allOf(new Set()));
  expect(row === undefined ? "" : previewOf(row)).toMatch(/^"x{400}"\u2026$/);
});

test("a very deep value takes no deep stack", () => {
  let value: unknown = "bottom";
  for (let depth = 0; depth < 2_000; depth += 1) value = [value];
  expect(searchTree(value, "bottom").paths[0]).toHaveLength(2_000);
  expect(firstOpen(value).size).toBeLessThan(100);
});
