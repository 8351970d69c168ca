/**
 * The editor of one cell: CodeMirror on the cell's Y.Text. An imperative island; the page mounts it near the viewport
 * and takes it away again. Undo lives in the document (NotebookDoc.undoOf), caret and folds in what is kept of it, so
 * nothing is lost by that.
 *
 * This module, and all of CodeMirror with it, is loaded after the first paint.
 */
import { toggleComment } from "@codemirror/commands";
import {
  bracketMatching,
  codeFolding,
  foldAll,
  foldedRanges,
  foldEffect,
  indentOnInput,
  syntaxHighlighting,
  unfoldAll,
  unfoldEffect,
} from "@codemirror/language";
import { highlightSelectionMatches, openSearchPanel, search } from "@codemirror/search";
import { Compartment, EditorSelection, EditorState, type Extension, Prec } from "@codemirror/state";
import {
  crosshairCursor,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  type KeyBinding,
  keymap,
  rectangularSelection,
} from "@codemirror/view";
import { yCollab, ySyncAnnotation } from "y-codemirror.next";
import type * as Y from "yjs";

import type { EditorSettings } from "../../settings/settings";
import { fetchPart } from "../../ui/part";
import { strings } from "../../words";
import type { EditorHandle } from "../model/editor-focus";
import { carets, type CellOthers } from "./carets";
import { foundMarks, markFound } from "./found";
import { type CodeHelp, type Helped, helpOf } from "./help/help";
import { codeClasses } from "./highlight";
import { foldsOf, type Kept, placesOf, selectionOf } from "./kept";
import { codeLanguage } from "./code-language";
import { keys, type LeaveEvents } from "./keys";
import { fetchLanguage } from "./languages";
import { changes, preferred } from "./preferences";
import { stripPrompts } from "./prompts";

/** One paste is one update, and an update has a limit of 1 MB in UTF-8. */
const LARGEST_INSERT_CHARS = 300_000;

export interface EditorOptions {
  readonly parent: HTMLElement;
  readonly source: Y.Text;
  readonly undo: Y.UndoManager;
  /** A name of languages.ts, "python", or "plain". */
  readonly language: string;
  /** Text for people: it wraps, and is no code. */
  readonly prose: boolean;
  readonly settings: EditorSettings;
  readonly kept: Kept;
  readonly others: CellOthers;
  /** Ids of the elements that give its name for screen readers. */
  readonly labelledBy: string;
  /** null: nobody knows the code's language. */
  readonly help: CodeHelp | null;
  readonly on: EditorEvents;
  /** False: it is there to be read, selected and copied. */
  readonly editable: boolean;
  readonly extra?: Extra;
}

/** What the kind of cell adds: keys that are there at once, and what comes when it has been fetched. */
export interface Extra {
  readonly keys: readonly KeyBinding[];
  readonly more: () => Promise<Extension>;
}

export interface EditorEvents extends LeaveEvents {
  focus(): void;
  blur(): void;
  tooLarge(): void;
  keep(kept: Kept): void;
  save(): void;
  /** The mode of Vim; null when the editor has not the keys, or not those of Vim. */
  vimMode(mode: string | null): void;
}

export interface Editor {
  readonly handle: Omit<EditorHandle, "cell">;
  focus(): void;
  configure(settings: EditorSettings): void;
  setLanguage(language: string): void;
  setEditable(editable: boolean): void;
  destroy(): void;
}

const languageOf = new Compartment();
const vimOf = new Compartment();
const extraOf = new Compartment();
const writableOf = new Compartment();
const NO_KEYS: Extension = [];

/** Whatever would write is stopped, Vim's commands too; what others write comes in. The caret stays, for copying. */
const READ_ONLY: Extension = [
  EditorState.readOnly.of(true),
  EditorState.changeFilter.of((transaction) => transaction.annotation(ySyncAnnotation) !== undefined),
  EditorView.contentAttributes.of({ "aria-readonly": "true" }),
];
const writable = (editable: boolean): Extension => (editable ? [] : READ_ONLY);

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

/** The editor with its panels has the keys, or has them no more: a step from the text into the find panel is neither. */
function watchFocus(dom: HTMLElement, on: EditorEvents): void {
  dom.addEventListener("focusin", ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node) || !dom.contains(relatedTarget)) on.focus();
  });
  dom.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && dom.contains(relatedTarget)) return;
    // When the focus has come to where it goes: else the page would take it for lost, and bring it back to the cell.
    // An editor that is gone by then has nothing to say: its cell may have another one, with the keys in it.
    setTimeout(() => {
      if (dom.isConnected && !dom.contains(document.activeElement)) on.blur();
    });
  });
}

function keptOf({ state }: EditorView, source: Y.Text): Kept {
  const folds: Kept["folds"][number][] = [];
  foldedRanges(state).between(0, state.doc.length, (from, to) => void folds.push(placesOf(source, from, to)));
  const { anchor, head } = state.selection.main;
  return { folds, selection: placesOf(source, anchor, head) };
}

/** Folds are told at once: the static text that takes the editor's place is drawn before the editor goes. */
function tellFolds(source: Y.Text, on: EditorEvents): Extension {
  return EditorView.updateListener.of(({ transactions, view }) => {
    const folded = transactions.some(({ effects }) =>
      effects.some((one) => one.is(foldEffect) || one.is(unfoldEffect)),
    );
    if (folded) on.keep(keptOf(view, source));
  });
}

/** Where a place that is gone to comes to stand: in the middle, on a small screen above the sheet of a pane. */
const placeToRead = () =>
  window.matchMedia("(max-width: 720px)").matches
    ? ({ y: "start", yMargin: 140 } as const)
    : ({ y: "center" } as const);

/** What commands of the page may do with this editor. */
function handleOf(view: EditorView, undo: Y.UndoManager, helped: Helped | null): Omit<EditorHandle, "cell"> {
  const goTo = (line: number, column: number) => {
    const { from, to } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
    view.dispatch({ selection: { anchor: Math.min(to, from + column) }, scrollIntoView: true });
    view.focus();
  };
  return {
    selections: () => view.state.selection.ranges.map(({ from, to }) => ({ from, to })),
    text: () => view.state.doc.toString(),
    selectedText: () => view.state.selection.ranges.map(({ from, to }) => view.state.sliceDoc(from, to)).join("\n"),
    focus: () => view.focus(),
    change: (parts, { from, to }) => {
      view.dispatch({
        changes: [...parts],
        selection: { anchor: from, head: to },
        userEvent: "input",
        scrollIntoView: true,
      });
      view.focus();
    },
    enter: (by, column) => goTo(by === 1 ? 1 : view.state.doc.lines, column),
    goTo,
    toggleComment: () => void toggleComment(view),
    inspect: () => void helped?.inspect(view),
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

const ADDS_CURSOR = EditorView.clickAddsSelectionRange.of(
  ({ altKey, ctrlKey, metaKey }) => altKey || ctrlKey || metaKey,
);

const OF_CODE: Extension = [
  indentOnInput(),
  bracketMatching(),
  codeFolding(),
  highlightSelectionMatches({ highlightWordAroundCursor: true, minSelectionLength: 2 }),
  EditorView.clipboardInputFilter.of(stripPrompts),
];
const OF_PROSE: Extension = [EditorView.lineWrapping, EditorView.contentAttributes.of({ spellcheck: "true" })];

function extensionsOf(options: EditorOptions, helped: Helped | null): Extension {
  const { source, undo, language, prose, settings, others, labelledBy, on } = options;
  return [
    vimOf.of(NO_KEYS),
    Prec.high(keymap.of(options.extra?.keys ?? [])),
    extraOf.of(NO_KEYS),
    writableOf.of(writable(options.editable)),
    highlightSpecialChars(),
    drawSelection(),
    EditorState.allowMultipleSelections.of(true),
    ADDS_CURSOR,
    rectangularSelection(),
    crosshairCursor(),
    highlightActiveLine(),
    search({ top: true }),
    syntaxHighlighting(codeClasses),
    languageOf.of(codeLanguage(language)),
    EditorState.phrases.of(strings.editor.phrases),
    EditorView.contentAttributes.of({ "aria-labelledby": labelledBy, tabindex: "0" }),
    keys(on),
    foundMarks,
    refuseLarge(on),
    tellFolds(source, on),
    yCollab(source, null, { undoManager: undo }),
    carets(source, others),
    prose ? OF_PROSE : OF_CODE,
    preferred(prose, settings),
    helped?.extension ?? [],
  ];
}

function stateOf(options: EditorOptions, helped: Helped | null): EditorState {
  const { source, kept } = options;
  const doc = source.toJSON();
  const was = selectionOf(source, kept);
  const selection = EditorSelection.single(was?.from ?? 0, was?.to ?? 0);
  const state = EditorState.create({ doc, selection, extensions: extensionsOf(options, helped) });
  const folds = foldsOf(source, kept);
  return options.prose || folds.length === 0
    ? state
    : state.update({ effects: folds.map((fold) => foldEffect.of(fold)) }).state;
}

class CellEditor implements Editor {
  readonly handle: Omit<EditorHandle, "cell">;
  private readonly view: EditorView;
  private readonly options: EditorOptions;
  private settings: EditorSettings;
  private language: string;
  private gone = false;

  constructor(options: EditorOptions) {
    this.options = options;
    this.settings = options.settings;
    this.language = options.language;
    const helped = options.help === null ? null : helpOf(options.help);
    this.view = new EditorView({ parent: options.parent, state: stateOf(options, helped) });
    this.handle = handleOf(this.view, options.undo, helped);
    watchFocus(this.view.dom, options.on);
    this.chooseKeys();
    this.awaitLanguage();
    void options.extra?.more().then((extra) => {
      if (!this.gone) this.view.dispatch({ effects: extraOf.reconfigure(extra) });
    });
  }

  focus(): void {
    // Whom Tab brought here goes on with Tab.
    if (this.view.hasFocus) return;
    this.view.setTabFocusMode(false);
    this.view.focus();
  }

  configure(settings: EditorSettings): void {
    const before = this.settings;
    this.settings = settings;
    this.view.dispatch({ effects: changes(this.options.prose, before, settings) });
    if (before.keys !== settings.keys) this.chooseKeys();
    // The size of code may be another one, which is CSS alone.
    this.view.requestMeasure();
  }

  setLanguage(language: string): void {
    if (language === this.language) return;
    this.language = language;
    this.view.dispatch({ effects: languageOf.reconfigure(codeLanguage(language)) });
    this.awaitLanguage();
  }

  setEditable(editable: boolean): void {
    this.view.dispatch({ effects: writableOf.reconfigure(writable(editable)) });
  }

  destroy(): void {
    this.gone = true;
    this.options.on.keep(keptOf(this.view, this.options.source));
    this.view.destroy();
  }

  private awaitLanguage(): void {
    const { language } = this;
    const fetched = fetchLanguage(language);
    if (!(fetched instanceof Promise)) return;
    void fetched.then((found) => {
      if (!this.gone && this.language === language) this.view.dispatch({ effects: languageOf.reconfigure(found) });
    });
  }

  private chooseKeys(): void {
    if (this.settings.keys === "default") {
      if (vimOf.get(this.view.state) !== NO_KEYS) this.view.dispatch({ effects: vimOf.reconfigure(NO_KEYS) });
      return;
    }
    void fetchPart(() => import("./vim")).then(({ vimKeys }) => {
      if (this.gone || this.settings.keys !== "vim") return;
      this.view.dispatch({ effects: vimOf.reconfigure(vimKeys(this.options.on, this.options.undo)) });
    });
  }
}

export function mountEditor(options: EditorOptions): Editor {
  return new CellEditor(options);
}

export { colouredPieces } from "./code-language";
export { languagesFetched, subscribeLanguages } from "./languages";
