import { expect, test } from "vitest";
import * as Y from "yjs";

import { NotebookDoc } from "../../../src/doc/notebook-doc";
import { refusedCells, refusedFile } from "../../../src/notebook/model/refused";

function book(...sources: readonly string[]): NotebookDoc {
  const made = new NotebookDoc(new Y.Doc());
  sources.forEach((source, at) => made.insert(`c${at}`, "code", at, source));
  return made;
}

test("cells that are others than the server's are told, and new ones; without a server's, all", () => {
  const mine = book("same", "mine", "new");
  expect(refusedCells(mine, book("same", "theirs")).map(({ text }) => text)).toEqual(["mine", "new"]);
  expect(refusedCells(mine, null)).toHaveLength(3);
});

test("they are kept as a whole notebook", () => {
  const file = JSON.parse(refusedFile(book("a", "b"))) as { cells: { source: string }[] };
  expect(file.cells.map(({ source }) => source)).toEqual(["a", "b"]);
});

test("who may not edit folds and hides for themselves, and sees the notebook's own again when they may", () => {
  const made = book("x");
  made.setMeta("c0", "tags", ["t"]);
  const before = Y.encodeStateVector(made.doc);
  made.lock(true);
  made.setMeta("c0", "collapsed", true);
  made.setNotebookMeta("colab", { collapsed_sections: ["c0"] });
  expect(made.meta("c0")).toEqual({ tags: ["t"], collapsed: true });
  expect(made.notebookMeta()).toEqual({ colab: { collapsed_sections: ["c0"] } });
  expect(Y.encodeStateVector(made.doc)).toEqual(before);
  made.lock(false);
  expect(made.meta("c0")).toEqual({ tags: ["t"] });
  expect(made.notebookMeta()).toEqual({});
});
