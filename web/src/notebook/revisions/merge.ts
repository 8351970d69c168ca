/**
 * Two texts and what is different, by CodeMirror's merge view: side by side, or as one text. It is read, never written in.
 * This module is fetched with the first comparison that has a difference in it.
 */
import { syntaxHighlighting } from "@codemirror/language";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";

import { strings } from "../../words";
import { codeLanguage } from "../editor/code-language";
import { codeClasses } from "../editor/highlight";
import { fetchLanguage } from "../editor/languages";

export type DiffLayout = "split" | "unified";

export interface DiffOptions {
  readonly parent: HTMLElement;
  readonly old: string;
  readonly new: string;
  readonly language: string;
  readonly layout: DiffLayout;
  /** Long stretches without a change are folded. */
  readonly folds: boolean;
  /** Names for screen readers. */
  readonly labels: { readonly old: string; readonly new: string };
}

const words = strings.revisions.diff;
/** Past this a difference is coarse: whole lines, and not the words in them. */
const DIFF_MS = 200;
const SCAN_CHARS = 2_000;
const FOLD = { margin: 3, minSize: 4 };

const reading = (language: string, label: string): Extension => [
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true", tabindex: "0" }),
  EditorState.phrases.of({ "$ unchanged lines": words.unchangedLines }),
  lineNumbers(),
  syntaxHighlighting(codeClasses),
  codeLanguage(language),
];

export interface Mounted {
  /** Something is folded. */
  readonly folded: boolean;
  readonly destroy: () => void;
}

export function mountDiff(options: DiffOptions): Mounted {
  const { parent, old, new: next, language, layout, folds, labels } = options;
  const shared = {
    gutter: true,
    diffConfig: { scanLimit: SCAN_CHARS, timeout: DIFF_MS },
    ...(folds && { collapseUnchanged: FOLD }),
  };
  if (layout === "split") {
    const view = new MergeView({
      parent,
      a: { doc: old, extensions: reading(language, labels.old) },
      b: { doc: next, extensions: reading(language, labels.new) },
      ...shared,
    });
    return mounted(parent, () => view.destroy());
  }
  const unified = unifiedMergeView({ original: old, mergeControls: false, ...shared });
  const view = new EditorView({ parent, doc: next, extensions: [reading(language, labels.new), unified] });
  return mounted(parent, () => view.destroy());
}

const mounted = (parent: HTMLElement, destroy: () => void): Mounted => ({
  folded: parent.querySelector(".cm-collapsedLines") !== null,
  destroy,
});

/** Resolves when the language can be shown, or there is none of this name. */
export async function languageReady(name: string): Promise<void> {
  if (name !== "python") await fetchLanguage(name);
}

export { colouredPieces } from "../editor/code-language";
