import { describe, expect, it } from "vitest";

import { countsOf, metadataChanges, partsOf, rowsOf } from "../../../src/notebook/revisions/rows";
import { cellThen } from "../../support/revisions";

const same = (id: string, moved = false) => ({ fate: "same" as const, new: cellThen(id), ...(moved && { moved }) });

describe("rows", () => {
  it("say what became of each cell", () => {
    const rows = rowsOf([
      same("a"),
      same("b", true),
      { fate: "changed", old: cellThen("c", "1"), new: cellThen("c", "2"), changed: ["source"], moved: true },
      { fate: "added", new: cellThen("d") },
      { fate: "removed", old: cellThen("e") },
    ]);
    expect(rows.map(({ fate }) => fate)).toEqual(["same", "moved", "changed", "added", "removed"]);
    expect(rows.map(({ cell }) => cell.source)).toEqual(["a", "b", "2", "d", "e"]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(5);
    expect(countsOf(rows)).toEqual({ added: 1, removed: 1, changed: 1, moved: 2, same: 1 });
  });

  it("have another key where two cells have one id, one on each side", () => {
    const rows = rowsOf([
      { fate: "removed", old: cellThen("a") },
      { fate: "added", new: cellThen("a") },
    ]);
    expect(rows[0]?.key).not.toBe(rows[1]?.key);
  });

  it("leave out what has no side", () => {
    expect(rowsOf([{ fate: "same" }])).toEqual([]);
  });
});

describe("parts", () => {
  it("fold what is the same, wherever it stands, and nothing else", () => {
    const rows = rowsOf([same("a"), same("b"), { fate: "added", new: cellThen("c") }, same("d", true), same("e")]);
    const parts = partsOf(rows).map((part) => (part.t === "fold" ? part.rows.length : part.row.cell.id));
    expect(parts).toEqual([2, "c", "d", 1]);
  });

  it("are one fold when nothing is different, and none without cells", () => {
    expect(partsOf(rowsOf([same("a"), same("b")]))).toMatchObject([{ t: "fold" }]);
    expect(partsOf([])).toEqual([]);
  });
});

describe("metadata", () => {
  const changesOf = (was: Record<string, unknown> | undefined, is: Record<string, unknown> | undefined) => {
    const [old, next] = [was && { metadata: was }, is && { metadata: is }];
    const [row] = rowsOf([
      { fate: "changed", old: cellThen("a", "", old), new: cellThen("a", "", next), changed: ["metadata"] },
    ]);
    return row === undefined ? null : metadataChanges(row);
  };

  it("is said key by key", () => {
    expect(
      changesOf(
        { tags: ["x"], gone: 1, kept: { b: 1, a: 2 } },
        { tags: ["x", "y"], fresh: null, kept: { a: 2, b: 1 } },
      ),
    ).toEqual([
      { key: "fresh", was: null, is: "null" },
      { key: "gone", was: "1", is: null },
      { key: "tags", was: '["x"]', is: '["x","y"]' },
    ]);
  });

  it("is nothing where the server gave none", () => {
    expect(changesOf(undefined, undefined)).toEqual([]);
  });

  it("takes keys of an object's own alone", () => {
    expect(changesOf(JSON.parse('{"__proto__": {"a": 1}}') as Record<string, unknown>, {})).toEqual([
      { key: "__proto__", was: '{"a":1}', is: null },
    ]);
  });
});
