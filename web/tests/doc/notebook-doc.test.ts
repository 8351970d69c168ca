import { expect, test, vi } from "vitest";
import * as Y from "yjs";

import { cellMapOf, cellsOf } from "../../src/doc/layout";
import { NotebookDoc } from "../../src/doc/notebook-doc";

function book(...sources: string[]): NotebookDoc {
  const doc = new Y.Doc();
  const made = new NotebookDoc(doc);
  sources.forEach((source, index) => made.insert(`c${index + 1}`, "code", index, source));
  return made;
}

const sourceOf = (made: NotebookDoc, id: string) => made.cell(id)?.source.toJSON();

function sync(a: NotebookDoc, b: NotebookDoc): void {
  Y.applyUpdate(b.doc, Y.encodeStateAsUpdate(a.doc, Y.encodeStateVector(b.doc)));
  Y.applyUpdate(a.doc, Y.encodeStateAsUpdate(b.doc, Y.encodeStateVector(a.doc)));
}

test("cells stand where they were inserted", () => {
  const made = book("1", "2");
  made.insert("between", "markdown", 1, "# t");
  made.insert("first", "raw", 0);
  expect(made.order()).toEqual(["first", "c1", "between", "c2"]);
  expect(made.cell("between")).toMatchObject({ type: "markdown" });
});

test("a move is one write: the source object and edits made elsewhere meanwhile stay", () => {
  const mine = book("a", "b", "c");
  const theirs = new NotebookDoc(new Y.Doc());
  sync(mine, theirs);
  const source = mine.cell("c1")?.source;
  mine.move(["c1"], 2);
  theirs.cell("c1")?.source.insert(1, " edited");
  sync(mine, theirs);
  expect(mine.order()).toEqual(["c2", "c3", "c1"]);
  expect(theirs.order()).toEqual(mine.order());
  expect(mine.cell("c1")?.source).toBe(source);
  expect(sourceOf(mine, "c1")).toBe("a edited");
});

test("a cell can go between cells that two people inserted at the same place at the same time", () => {
  const mine = book("a", "z");
  const theirs = new NotebookDoc(new Y.Doc());
  sync(mine, theirs);
  mine.insert("m", "code", 1);
  theirs.insert("t", "code", 1);
  sync(mine, theirs);
  expect(mine.cell("m")?.pos).toBe(mine.cell("t")?.pos);
  mine.insert("x", "code", 2);
  sync(mine, theirs);
  expect(mine.order()).toEqual(["c1", "m", "x", "t", "c2"]);
  expect(theirs.order()).toEqual(mine.order());
});

test("undo of structure takes back one edit at a time and never touches typing", () => {
  const made = book("a", "b");
  made.delete(["c1"]);
  made.cell("c2")?.source.insert(1, "!");
  made.structureUndo.undo();
  expect(made.order()).toEqual(["c1", "c2"]);
  expect(sourceOf(made, "c1")).toBe("a");
  expect(sourceOf(made, "c2")).toBe("b!");
});

test("a deleted cell comes back whole under its id, whatever was edited meanwhile", () => {
  const made = book("a", "b", "c");
  cellsOf(made.doc)
    .get("c2")
    ?.set("attachments", { "x.png": { "image/png": "AA==" } });
  const deleted = made.delete(["c2"]);
  made.insert("new", "code", 0);
  made.restore(deleted);
  expect(made.order()).toEqual(["new", "c1", "c2", "c3"]);
  expect(sourceOf(made, "c2")).toBe("b");
  expect(made.cell("c2")?.map.get("attachments")).toEqual({ "x.png": { "image/png": "AA==" } });
  made.restore(deleted);
  expect(made.order()).toHaveLength(4);
});

test("typing wakes neither the order nor other cells", () => {
  const made = book("a", "b");
  const [order, one, two] = [vi.fn(), vi.fn(), vi.fn()];
  made.subscribeOrder(order);
  made.subscribeCell("c1", one);
  made.subscribeCell("c2", two);
  made.cell("c1")?.source.insert(0, "x");
  expect([order, one, two].map((listener) => listener.mock.calls.length)).toEqual([0, 0, 0]);
  made.setType("c1", "markdown");
  expect([order, one, two].map((listener) => listener.mock.calls.length)).toEqual([0, 1, 0]);
  made.move(["c1"], 1);
  expect([order, one, two].map((listener) => listener.mock.calls.length)).toEqual([1, 2, 0]);
});

test("a half-arrived cell is not shown and harms nothing", () => {
  const made = book("a");
  cellsOf(made.doc).set("broken", new Y.Map([["type", "code"]]));
  cellsOf(made.doc).set("odd", cellMapOf({ type: "heading", source: "h", pos: "zz", meta: {} }));
  expect(made.order()).toEqual(["c1", "odd"]);
  expect(made.cell("odd")?.type).toBe("raw");
});

test("undo of a text outlives its editor and begins anew with a new source object", () => {
  const made = book("a");
  const cell = made.cell("c1");
  if (cell === null) throw new Error("no cell");
  expect(made.undoOf(cell)).toBe(made.undoOf(cell));
  const undo = made.undoOf(cell);
  made.delete(["c1"]);
  made.structureUndo.undo();
  const back = made.cell("c1");
  if (back === null) throw new Error("no cell");
  expect(made.undoOf(back)).not.toBe(undo);
});

test("a splice writes what differs, merges with typing elsewhere in the cell, and is undone with the cell's text", () => {
  const mine = book('name = "old" #@param');
  const theirs = new NotebookDoc(new Y.Doc());
  sync(mine, theirs);
  mine.spliceSource("c1", 7, 12, '"new"');
  theirs.cell("c1")?.source.insert(0, "# mine\n");
  sync(mine, theirs);
  expect(sourceOf(mine, "c1")).toBe('# mine\nname = "new" #@param');
  const cell = mine.cell("c1");
  if (cell !== null) mine.undoOf(cell).undo();
  expect(sourceOf(mine, "c1")).toBe('# mine\nname = "old" #@param');
});

test.each([
  ["a😀b", "a😁b"],
  ["😀", "x😀"],
  ["😀😀", "😀"],
  ["", "new"],
  ["gone", ""],
  ["same", "same"],
  ["aaa", "aa"],
])("a splice of %j into %j writes whole characters", (old, wanted) => {
  const made = book(`<${old}>`);
  const seen: unknown[] = [];
  made.cell("c1")?.source.observe(({ delta }) => seen.push(...delta));
  made.spliceSource("c1", 1, 1 + old.length, wanted);
  expect(sourceOf(made, "c1")).toBe(`<${wanted}>`);
  const inserted = seen.map((part) => (part as { insert?: string }).insert ?? "");
  expect(() => inserted.map(encodeURIComponent)).not.toThrow(); // it does for half a character
});

test("metadata is written by its field, and wakes only who looks at it", () => {
  const made = book("1");
  const cell = made.cell("c1");
  const [woken, described] = [vi.fn(), vi.fn()];
  made.subscribeCell("c1", woken);
  made.subscribeMeta("c1", described);
  made.setMeta("c1", "cellView", "form");
  expect(made.meta("c1")).toEqual({ cellView: "form" });
  expect(made.meta("c1")).toBe(made.meta("c1"));
  expect(made.cell("c1")).toBe(cell);
  expect([woken.mock.calls.length, described.mock.calls.length]).toEqual([0, 1]);
  made.setMeta("c1", "cellView", undefined);
  expect(made.meta("c1")).toEqual({});
});

test("attachments of a file and of pages are one, and two that are put there at once are both kept", () => {
  const made = book("1");
  const theirs = new NotebookDoc(new Y.Doc());
  sync(made, theirs);
  made.attach("c1", "first.png", { "image/png": "11" });
  theirs.attach("c1", "too.png", { "image/png": "22" });
  made.cell("c1")?.map.set("attachments", { "a.png": { "image/png": "AA" }, "too.png": { "image/png": "old" } });
  sync(made, theirs);
  const all = {
    "a.png": { "image/png": "AA" },
    "first.png": { "image/png": "11" },
    "too.png": { "image/png": "22" },
  };
  expect(made.attachments("c1")).toEqual(all);
  expect(theirs.attachments("c1")).toEqual(all);
  made.restore(made.delete(["c1"]));
  expect(made.attachments("c1")).toEqual(all);
});

test("metadata of the notebook is written by its field", () => {
  const made = book();
  const woken = vi.fn();
  made.subscribeNotebook(woken);
  made.setNotebookMeta("colab", { collapsed_sections: ["c1"] });
  expect(made.notebookMeta()).toEqual({ colab: { collapsed_sections: ["c1"] } });
  expect(woken).toHaveBeenCalledTimes(1);
});
