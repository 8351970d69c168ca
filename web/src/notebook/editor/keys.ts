/**
 * Keys of an editor: how text is edited, and how one leaves it. The page's shortcuts come before these (page/keyboard.ts);
 * the keys for a person to read are in shortcuts.ts.
 */
import { closeCompletion, completionKeymap, completionStatus } from "@codemirror/autocomplete";
import { defaultKeymap, indentLess, indentMore, selectLine, simplifySelection } from "@codemirror/commands";
import { foldKeymap, getIndentUnit } from "@codemirror/language";
import { searchKeymap } from "@codemirror/search";
import { countColumn, EditorSelection, type Extension, Prec } from "@codemirror/state";
import { type Command, EditorView, keymap, type KeyBinding } from "@codemirror/view";
import { yUndoManagerKeymap } from "y-codemirror.next";

export interface LeaveEvents {
  escape(): void;
  /** The caret would leave the editor at this column. False when there is nowhere to go. */
  step(by: 1 | -1, column: number): boolean;
}

/** At the caret up to the next step of indentation; of what is selected, whole lines. */
const indent: Command = (view) => {
  const { state } = view;
  if (state.readOnly) return false;
  if (state.selection.ranges.some((range) => !range.empty)) return indentMore(view);
  const unit = getIndentUnit(state);
  const change = state.changeByRange(({ head }) => {
    const line = state.doc.lineAt(head);
    const column = countColumn(line.text, state.tabSize, head - line.from);
    const insert = " ".repeat(unit - (column % unit));
    return { changes: { from: head, insert }, range: EditorSelection.cursor(head + insert.length) };
  });
  view.dispatch(state.update(change, { userEvent: "input.indent", scrollIntoView: true }));
  return true;
};

const own: readonly KeyBinding[] = [
  { key: "Tab", run: indent, shift: indentLess },
  { key: "Mod-l", run: selectLine, preventDefault: true },
];

/** All but Escape and the arrows at the edges, which need to know the page. */
export const editing: readonly KeyBinding[] = [
  ...own,
  ...completionKeymap.filter(({ key }) => key === "Ctrl-Space"),
  ...yUndoManagerKeymap,
  ...searchKeymap,
  ...foldKeymap,
  ...defaultKeymap.filter(({ key }) => key !== "Escape"),
];

/** The caret is on the first or the last row as it is seen; a wrapped line has several. */
export function atEdge(view: EditorView, by: 1 | -1): boolean {
  const { main } = view.state.selection;
  const edge = by === 1 ? view.state.doc.length : 0;
  const { number } = view.state.doc.lineAt(main.head);
  if (number !== view.state.doc.lineAt(edge).number) return false;
  const here = view.coordsAtPos(main.head);
  const there = view.coordsAtPos(edge);
  return here === null || there === null || Math.abs(here.top - there.top) < 2;
}

/** From the beginning of its line. */
export function columnOf(view: EditorView): number {
  const { head } = view.state.selection.main;
  return head - view.state.doc.lineAt(head).from;
}

/** On to command mode. Tab then moves on through the page, and does not indent. */
export function leaveEditor(view: EditorView, on: LeaveEvents): void {
  view.setTabFocusMode(true);
  on.escape();
}

function leaving(on: LeaveEvents): readonly KeyBinding[] {
  const leave =
    (by: 1 | -1): Command =>
    (view) =>
      view.state.selection.main.empty &&
      view.state.selection.ranges.length === 1 &&
      atEdge(view, by) &&
      on.step(by, columnOf(view));
  const escape: Command = (view) => {
    if (view.state.selection.ranges.length > 1) return simplifySelection(view);
    leaveEditor(view, on);
    return true;
  };
  return [
    { key: "Escape", run: escape },
    { key: "ArrowUp", run: leave(-1) },
    { key: "ArrowDown", run: leave(1) },
  ];
}

/** Modifiers alone, and the keys that move the focus. */
const PASSING: ReadonlySet<string> = new Set(["Tab", "Shift", "Control", "Alt", "Meta", "Escape"]);

/** After leaveEditor, until something else is done in the editor. */
const freeTab = Prec.highest(
  EditorView.domEventHandlers({
    keydown: (event, view) => {
      if (!PASSING.has(event.key)) view.setTabFocusMode(false);
      return false;
    },
    mousedown: (_event, view) => {
      view.setTabFocusMode(false);
      return false;
    },
  }),
);

/** Escape closes a list that is shown. One that is only on its way is given up, and Escape does what it does else. */
const notYet: KeyBinding = {
  key: "Escape",
  run: (view) => {
    if (completionStatus(view.state) === "pending") closeCompletion(view);
    return false;
  },
};

export function keys(on: LeaveEvents): Extension {
  const closing = searchKeymap.filter(({ key }) => key === "Escape");
  return [freeTab, Prec.highest(keymap.of([notYet])), Prec.low(keymap.of([...closing, ...leaving(on), ...editing]))];
}
