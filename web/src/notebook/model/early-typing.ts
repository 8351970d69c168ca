/**
 * Keys for a cell that is edited and has no editor yet: they go into the document, where its editor finds them, with the
 * caret behind. Plain TypeScript.
 */
import type { NotebookDoc } from "../../doc/notebook-doc";
import { placesOf, selectionOf } from "../editor/kept";
import type { EditorFocus } from "./editor-focus";

export class EarlyTyping {
  private readonly book: () => NotebookDoc | null;
  private readonly editor: EditorFocus;

  constructor(book: () => NotebookDoc | null, editor: EditorFocus) {
    this.book = book;
    this.editor = editor;
  }

  /** Does what this key (`KeyboardEvent.key`, without modifiers but Shift) writes or takes away; others do nothing. */
  press(cell: string, key: string): void {
    const source = this.book()?.cell(cell)?.source;
    if (source === undefined) return;
    const kept = this.editor.kept(cell);
    const { from: anchor, to: head } = selectionOf(source, kept) ?? { from: 0, to: 0 };
    const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)];
    const text = source.toJSON();
    const written = key === "Enter" ? `\n${indentAt(text, from)}` : /^.$/su.test(key) ? key : null;
    if (written === null && key !== "Backspace") return;
    const start = written === null && from === to ? from - lastLength(text.slice(0, from)) : from;
    this.book()?.spliceSource(cell, start, to, written ?? "");
    const caret = start + (written?.length ?? 0);
    this.editor.keep(cell, { folds: kept.folds, selection: placesOf(source, caret, caret) });
  }
}

const indentAt = (text: string, at: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", at - 1) + 1, at))?.[0] ?? "";

/** UTF-16 units of the last code point. */
const lastLength = (text: string): number => /[^]$/u.exec(text)?.[0].length ?? 0;
