/** The editor of a text cell beyond that of any: lists that go on with Enter, and the keys of the toolbar. Lazy. */
import { deleteMarkupBackward, insertNewlineContinueMarkup } from "@codemirror/lang-markdown";
import { type Extension, Prec } from "@codemirror/state";
import { type EditorView, keymap } from "@codemirror/view";

import { strings } from "../../words";
import { type Action, format } from "./format";

const press = (action: Action) => (view: EditorView) => {
  const { from, to } = view.state.selection.main;
  const { changes, selection } = format(action, view.state.doc.toString(), { from, to }, strings.text.samples);
  view.dispatch({
    changes: [...changes],
    selection: { anchor: selection.from, head: selection.to },
    userEvent: "input",
    scrollIntoView: true,
  });
  return true;
};

export const writing: Extension = Prec.high(
  keymap.of([
    { key: "Enter", run: insertNewlineContinueMarkup },
    { key: "Backspace", run: deleteMarkupBackward },
    { key: "Mod-b", run: press("bold") },
    { key: "Mod-i", run: press("italic") },
    { key: "Mod-k", run: press("link") },
  ]),
);
