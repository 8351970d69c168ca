import { expect, test } from "vitest";
import * as Y from "yjs";

import { cellMapOf, cellsOf } from "../../../src/doc/layout";
import { NotebookDoc } from "../../../src/doc/notebook-doc";
import { NOTHING_KEPT, placesOf, selectionOf } from "../../../src/notebook/editor/kept";
import { EarlyTyping } from "../../../src/notebook/model/early-typing";
import { EditorFocus } from "../../../src/notebook/model/editor-focus";

function begin(text: string) {
  const doc = new Y.Doc();
  cellsOf(doc).set("c", cellMapOf({ type: "code", source: text, pos: "P" }));
  const book = new NotebookDoc(doc);
  const editor = new EditorFocus();
  const typing = new EarlyTyping(() => book, editor);
  const source = book.cell("c")?.source;
  if (source === undefined) throw new Error("no cell");
  return {
    source,
    caretAt: (anchor: number, head = anchor) =>
      editor.keep("c", { ...NOTHING_KEPT, selection: placesOf(source, anchor, head) }),
    press: (...keys: string[]) => keys.forEach((key) => typing.press("c", key)),
    read: () => ({ text: source.toJSON(), caret: selectionOf(source, editor.kept("c"))?.to }),
  };
}

test("letters, lines with their indentation and corrections are written one behind the other", () => {
  const cell = begin("");
  cell.press("i", "f", " ", "x", ":", "Enter", " ", " ", "a", "Enter", "b", "\u{1f389}", "Backspace", "c");
  expect(cell.read()).toEqual({ text: "if x:\n  a\n  bc", caret: 14 });
});

test("it goes on where the caret was, and in place of what was selected", () => {
  const cell = begin("one two three");
  cell.caretAt(3);
  cell.press("!");
  expect(cell.read()).toEqual({ text: "one! two three", caret: 4 });
  cell.caretAt(8, 5);
  cell.press("2", "Backspace", "Backspace");
  expect(cell.read()).toEqual({ text: "one! three", caret: 4 });
});

test("a caret stays where it belongs when others write before it", () => {
  const cell = begin("end");
  cell.caretAt(3);
  cell.press("A");
  cell.source.insert(0, ">> ");
  cell.press("B");
  expect(cell.read().text).toBe(">> endAB");
});

test("keys that write nothing do nothing, and neither does a cell that is gone", () => {
  const cell = begin("x");
  cell.press("ArrowLeft", "Tab", "F5", "Delete", "Backspace");
  expect(cell.read().text).toBe("x");
  new EarlyTyping(() => null, new EditorFocus()).press("c", "a");
});
