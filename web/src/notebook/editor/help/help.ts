/** What helps one who writes code, joined for one editor: completion, signatures, inspection. */
import "./help.css";

import { autocompletion, type Completion } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { type EditorView, tooltips } from "@codemirror/view";

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
    made.extension,
  ];
  return { extension, inspect: made.inspect };
}
