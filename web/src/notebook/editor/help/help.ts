/** What helps one who writes code, joined for one editor: completion, signatures, inspection. */
import "./help.css";

import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  type Completion,
  completionStatus,
  startCompletion,
} from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { type Command, EditorView, keymap, tooltips } from "@codemirror/view";

import { strings } from "../../../words";
import { type AskCompletions, completionSource, type Kind, kindOf } from "./completion";
import { type AskInspection, tips } from "./tip";
import { drawTip } from "./tip-view";

/** Who answers; the kernel, by the session. */
export interface CodeHelp {
  readonly complete: AskCompletions;
  readonly inspect: AskInspection;
}

export interface Helped {
  readonly extension: Extension;
  readonly inspect: (view: EditorView) => boolean;
}

const SIGNS: Readonly<Record<Kind, string>> = {
  function: "ƒ",
  class: "C",
  module: "M",
  instance: "x",
  keyword: "k",
  param: "=",
  property: "p",
  magic: "%",
  path: "/",
  name: "·",
};

function badge({ type = "" }: Completion): HTMLElement {
  const kind = kindOf(type);
  const dom = document.createElement("span");
  dom.className = `completion-kind ${kind}`;
  dom.textContent = SIGNS[kind];
  dom.title = strings.editor.help.kinds[kind];
  dom.setAttribute("aria-hidden", "true");
  return dom;
}

/** Nothing is selected, and a letter of a name or a dot stands before the caret. */
function isBehindName({ state }: EditorView): boolean {
  const { main, ranges } = state.selection;
  const { from } = state.doc.lineAt(main.head);
  return main.empty && ranges.length === 1 && /[\p{L}\p{N}_.]$/u.test(state.sliceDoc(from, main.head));
}

/** Tab takes what the list offers, and behind a name brings the list up; else it indents (keys.ts). */
const completeByTab: Command = (view) => acceptCompletion(view) || (isBehindName(view) && startCompletion(view));

/** A list that is still on its way when one leaves, as by running the cell, does not come up after that. */
const leave = EditorView.domEventHandlers({
  blur: (_event, view) => {
    if (completionStatus(view.state) === "pending") setTimeout(() => closeCompletion(view));
  },
});

export function helpOf({ complete, inspect }: CodeHelp): Helped {
  const made = tips(inspect, drawTip);
  const extension = [
    // Beside the cells, which clip what they paint.
    tooltips({ parent: document.body, position: "fixed" }),
    autocompletion({
      override: [completionSource(complete)],
      icons: false,
      addToOptions: [{ render: badge, position: 20 }],
      maxRenderedOptions: 100,
    }),
    keymap.of([{ key: "Tab", run: completeByTab }]),
    leave,
    made.extension,
  ];
  return { extension, inspect: made.inspect };
}
