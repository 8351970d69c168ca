/** The keys of the toolbar of a text cell. They are there when its editor is: no part of the page is fetched for them. */
import type { EditorView, KeyBinding } from "@codemirror/view";

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

export const formatKeys: readonly KeyBinding[] = [
  { key: "Mod-b", run: press("bold") },
  { key: "Mod-i", run: press("italic") },
  { key: "Mod-k", run: press("link") },
];
