/**
 * What a person sets about editors, as compartments: a change reaches a mounted editor and leaves its text, selection, undo
 * and folds as they are. What is only a matter of measure and look is CSS (ui/appearance.ts).
 */
import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { foldGutter, indentUnit } from "@codemirror/language";
import { Compartment, EditorState, type Extension, type StateEffect } from "@codemirror/state";
import { EditorView, highlightTrailingWhitespace, highlightWhitespace, keymap, lineNumbers } from "@codemirror/view";

import type { EditorSettings } from "../../settings/settings";

interface Preference {
  readonly compartment: Compartment;
  readonly key: keyof EditorSettings;
  readonly of: (settings: EditorSettings) => Extension;
}

function preference<K extends keyof EditorSettings>(key: K, of: (value: EditorSettings[K]) => Extension): Preference {
  return { compartment: new Compartment(), key, of: (settings) => of(settings[key]) };
}

const onlyIf =
  (extension: Extension) =>
  (on: boolean): Extension =>
    on ? extension : [];

function foldMarker(open: boolean): HTMLElement {
  const marker = document.createElement("span");
  marker.className = open ? "fold-marker" : "fold-marker closed";
  return marker;
}

const INDENT = preference("indent", (indent) => [indentUnit.of(" ".repeat(indent)), EditorState.tabSize.of(indent)]);

const OF_CODE: readonly Preference[] = [
  INDENT,
  preference("lineNumbers", onlyIf(lineNumbers())),
  preference("folding", onlyIf(foldGutter({ markerDOM: foldMarker }))),
  preference("wrap", onlyIf(EditorView.lineWrapping)),
  preference("closeBrackets", onlyIf([closeBrackets(), keymap.of(closeBracketsKeymap)])),
  preference("suggest", (activateOnTyping) => autocompletion({ activateOnTyping })),
  preference("whitespace", onlyIf([highlightWhitespace(), highlightTrailingWhitespace()])),
];

/** Of prose: it always wraps, and has neither numbers nor folds. */
const OF_PROSE: readonly Preference[] = [INDENT];

const preferences = (prose: boolean) => (prose ? OF_PROSE : OF_CODE);

export const preferred = (prose: boolean, settings: EditorSettings): Extension =>
  preferences(prose).map(({ compartment, of }) => compartment.of(of(settings)));

/** What takes an editor from the old settings to the new ones. */
export function changes(
  prose: boolean,
  before: EditorSettings,
  after: EditorSettings,
): readonly StateEffect<unknown>[] {
  return preferences(prose)
    .filter(({ key }) => before[key] !== after[key])
    .map(({ compartment, of }) => compartment.reconfigure(of(after)));
}
