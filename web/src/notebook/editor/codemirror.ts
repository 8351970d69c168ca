/**
 * The editor of one cell: CodeMirror on the cell's Y.Text. An imperative island; the page mounts it near the viewport
 * and takes it away again. Undo lives in the document (NotebookDoc.undoOf), so nothing is lost by that.
 *
 * This module, and all of CodeMirror with it, is loaded after the first paint.
 */
import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, indentWithTab, toggleComment } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import {
  bracketMatching,
  foldAll,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
  unfoldAll,
} from "@codemirror/language";
import { openSearchPanel } from "@codemirror/search";
import { EditorState, type Extension, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap } from "@codemirror/view";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import type * as Y from "yjs";

import type { EditorHandle } from "../model/editor-focus";
import { foundMarks, markFound } from "./found";
import { codeClasses } from "./highlight";

/** One paste is one update, and an update has a limit of 1 MB in UTF-8. */
const LARGEST_INSERT_CHARS = 300_000;

export interface EditorOptions {
  readonly parent: HTMLElement;
  readonly source: Y.Text;
  readonly undo: Y.UndoManager;
  readonly language: "python" | "plain";
  readonly label: string;
  readonly on: EditorEvents;
}

export interface EditorEvents {
  escape(): void;
  focus(): void;
  blur(): void;
  /** The caret would leave the editor. False when there is nowhere to go. */
  step(by: 1 | -1): boolean;
  tooLarge(): void;
}

export interface Editor {
  readonly handle: Omit<EditorHandle, "cell">;
  focus(): void;
  destroy(): void;
}

function keys(on: EditorEvents): Extension {
  const leave = (by: 1 | -1) => (view: EditorView) => {
    const { main } = view.state.selection;
    const edge = by === 1 ? view.state.doc.lines : 1;
    if (!main.empty || view.state.doc.lineAt(main.head).number !== edge) return false;
    return on.step(by);
  };
  const escape = () => {
    on.escape();
    return true;
  };
  return [
    keymap.of([...closeBracketsKeymap, ...yUndoManagerKeymap]),
    Prec.low(
      keymap.of([
        { key: "Escape", run: escape },
        { key: "ArrowUp", run: leave(-1) },
        { key: "ArrowDown", run: leave(1) },
      ]),
    ),
    Prec.low(keymap.of([...defaultKeymap, indentWithTab])),
  ];
}

function refuseLarge(on: EditorEvents): Extension {
  return EditorState.changeFilter.of((transaction) => {
    let inserted = 0;
    transaction.changes.iterChanges((_fromA, _toA, _fromB, _toB, text) => {
      inserted += text.length;
    });
    // Only what a person does is refused: what comes from the document is in it already.
    if (inserted <= LARGEST_INSERT_CHARS || !transaction.isUserEvent("input")) return true;
    on.tooLarge();
    return false;
  });
}

/** Where a place that is gone to comes to stand: in the middle, on a small screen above the sheet of a pane. */
const placeToRead = () =>
  window.matchMedia("(max-width: 720px)").matches
    ? ({ y: "start", yMargin: 140 } as const)
    : ({ y: "center" } as const);

/** What commands of the page may do with this editor. */
function handleOf(view: EditorView, undo: Y.UndoManager): Omit<EditorHandle, "cell"> {
  return {
    selections: () => view.state.selection.ranges.map(({ from, to }) => ({ from, to })),
    selectedText: () => view.state.selection.ranges.map(({ from, to }) => view.state.sliceDoc(from, to)).join("\n"),
    focus: () => view.focus(),
    goTo: (line, column) => {
      const { from, to } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({ selection: { anchor: Math.min(to, from + column) }, scrollIntoView: true });
      view.focus();
    },
    toggleComment: () => void toggleComment(view),
    find: () => void openSearchPanel(view),
    mark: (found, at) => markFound(view, found, at),
    show: (from, to, select) => {
      const [start, end] = [Math.min(from, view.state.doc.length), Math.min(to, view.state.doc.length)];
      const effects = EditorView.scrollIntoView(start, placeToRead());
      view.dispatch(select ? { selection: { anchor: start, head: end }, effects } : { effects });
      if (select) view.focus();
    },
    foldAll: () => void foldAll(view),
    unfoldAll: () => void unfoldAll(view),
    undo: () => void undo.undo(),
    redo: () => void undo.redo(),
  };
}

export function mountEditor({ parent, source, undo, language, label, on }: EditorOptions): Editor {
  const extensions: Extension[] = [
    highlightSpecialChars(),
    drawSelection(),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    keys(on),
    foundMarks,
    refuseLarge(on),
    EditorView.domEventHandlers({ focus: () => on.focus(), blur: () => on.blur() }),
    yCollab(source, null, { undoManager: undo }),
  ];
  if (language === "python") {
    extensions.push(
      python(),
      indentUnit.of("    "),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ activateOnTyping: false }),
      syntaxHighlighting(codeClasses),
    );
  } else {
    extensions.push(EditorView.lineWrapping);
  }
  const view = new EditorView({ parent, state: EditorState.create({ doc: source.toJSON(), extensions }) });
  return { handle: handleOf(view, undo), focus: () => view.focus(), destroy: () => view.destroy() };
}

export { pythonTokens } from "./highlight";
