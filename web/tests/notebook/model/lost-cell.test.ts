import { beforeEach, expect, test } from "vitest";
import * as Y from "yjs";

import { cellMapOf, cellsOf } from "../../../src/doc/layout";
import { NotebookDoc } from "../../../src/doc/notebook-doc";
import { LostCell } from "../../../src/notebook/model/lost-cell";
import { Selection } from "../../../src/notebook/model/selection";
import { Structure } from "../../../src/notebook/model/structure";
import { RunStore } from "../../../src/runs/store";

let doc: Y.Doc;
let book: NotebookDoc;
let selection: Selection;
let structure: Structure;
let lostCell: LostCell;
let back: (() => void) | null;

beforeEach(() => {
  doc = new Y.Doc();
  ["c1", "c2", "c3"].forEach((id, at) =>
    cellsOf(doc).set(id, cellMapOf({ type: "code", source: id, pos: `P${at}`, meta: { tags: [id] } })),
  );
  book = new NotebookDoc(doc);
  back = null;
  selection = new Selection(() => book.order());
  let made = 0;
  structure = new Structure(
    { book: () => book, runs: new RunStore(), newId: () => `n${(made += 1)}`, deleted: () => undefined },
    selection,
  );
  lostCell = new LostCell({
    book: () => book,
    subscribeBook: () => () => undefined,
    selection,
    textOf: (id) => `typed in ${id}`,
    lost: (put) => (back = put),
  });
});

const byAnother = (...ids: string[]) => doc.transact(() => ids.forEach((id) => cellsOf(doc).delete(id)), "another");

test("who loses the cell that they write in is told, their next keys are nobody's, and it can be put back", () => {
  selection.select("c2", "edit");
  byAnother("c2");
  expect(selection.read()).toMatchObject({ id: "c1", mode: "command" });
  expect(lostCell.isSilent).toBe(true);
  back?.();
  expect(book.order()).toEqual(["c1", "c2", "c3"]);
  expect(book.cell("c2")?.source.toJSON()).toBe("typed in c2");
  expect(book.meta("c2")).toEqual({ tags: ["c2"] });
  expect(selection.read()).toMatchObject({ id: "c2", mode: "edit" });
  lostCell.wake();
  expect(lostCell.isSilent).toBe(false);
});

test("what was put back by the one who deleted it is not there twice", () => {
  selection.select("c2", "edit");
  byAnother("c2");
  cellsOf(doc).set("c2", cellMapOf({ type: "code", source: "theirs", pos: "P1" }));
  back?.();
  expect(book.order()).toEqual(["c1", "c2", "c3"]);
  expect(book.cell("c2")?.source.toJSON()).toBe("theirs");
});

test("a cell that goes while nobody writes in it leaves the selection on the nearest one that stays", () => {
  selection.select("c3");
  byAnother("c2", "c3");
  expect(selection.read().id).toBe("c1");
  byAnother("c1");
  expect(selection.read().id).toBeNull();
  expect([lostCell.isSilent, back]).toEqual([false, null]);
});

test("one's own deletions, merges and undoing are no loss", () => {
  selection.select("c2", "edit");
  structure.delete();
  expect(selection.read().id).toBe("c3");
  structure.undo();
  selection.select("c2", "edit");
  structure.insertBeside("code", "below");
  structure.undo();
  expect(selection.read()).toMatchObject({ id: "c2", mode: "command" });
  selection.select("c2", "edit");
  structure.merge(-1);
  expect([lostCell.isSilent, back]).toEqual([false, null]);
});
