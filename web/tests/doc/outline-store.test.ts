import { expect, test, vi } from "vitest";
import * as Y from "yjs";

import { NotebookDoc } from "../../src/doc/notebook-doc";
import { OutlineStore } from "../../src/doc/outline-store";

function store(...cells: string[]): { book: NotebookDoc; store: OutlineStore } {
  const book = new NotebookDoc(new Y.Doc());
  cells.forEach((source, index) =>
    book.insert(`c${index}`, source.startsWith("#") ? "markdown" : "code", index, source),
  );
  return { book, store: new OutlineStore(book) };
}

const entries = (made: OutlineStore) => made.read().outline.entries.map(({ level, text }) => `${level} ${text}`);

test("typing wakes nobody until a heading changes", () => {
  const { book, store: made } = store("# A", "1", "## B\ntext");
  const woken = vi.fn();
  made.subscribe(woken);
  const before = made.read();
  book.cell("c2")?.source.insert(9, "more");
  book.cell("c1")?.source.insert(0, "# no heading: this is code\n");
  expect([made.read() === before, woken.mock.calls.length]).toEqual([true, 0]);
  book.cell("c2")?.source.insert(4, "!");
  expect(woken).toHaveBeenCalledTimes(1);
  expect(entries(made)).toEqual(["1 A", "2 B!"]);
});

test("it follows cells that come, go, move and change their type", () => {
  const { book, store: made } = store("# A", "1", "## B");
  book.insert("new", "markdown", 1, "# New");
  expect(entries(made)).toEqual(["1 A", "1 New", "2 B"]);
  book.setType("new", "code");
  expect(entries(made)).toEqual(["1 A", "2 B"]);
  book.setType("new", "markdown");
  book.delete(["c0"]);
  expect(entries(made)).toEqual(["1 New", "2 B"]);
});

test("folding hides, is kept in the metadata, and is followed when others do it", () => {
  const { book, store: made } = store("# A", "1", "## B", "2", "# C", "3");
  made.fold(["c0", "c1"], true);
  expect(book.notebookMeta()).toEqual({ colab: { collapsed_sections: ["c0"] } });
  expect(made.read().visible).toEqual(["c0", "c4", "c5"]);
  book.setNotebookMeta("colab", { collapsed_sections: ["c2", "c4", "gone"] });
  expect(made.read().visible).toEqual(["c0", "c1", "c2", "c4"]);
  made.reveal("c3");
  expect(book.notebookMeta()).toEqual({ colab: { collapsed_sections: ["c4", "gone"] } });
  made.reveal("c0");
  expect(made.read().visible).toEqual(["c0", "c1", "c2", "c3", "c4"]);
});

test("what Jupyter folded is folded, and is opened for good", () => {
  const { book, store: made } = store("# A", "1");
  book.setMeta("c0", "heading_collapsed", true);
  expect(made.read().visible).toEqual(["c0"]);
  made.reveal("c1");
  expect([made.read().visible, book.meta("c0")]).toEqual([["c0", "c1"], {}]);
});

test("a heading that is taken away hides nothing", () => {
  const { book, store: made } = store("# A", "1");
  made.fold(["c0"], true);
  book.spliceSource("c0", 0, 2, "");
  expect(made.read().visible).toEqual(["c0", "c1"]);
});
