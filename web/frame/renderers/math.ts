/** Formulas, by KaTeX: text/latex, and between `$`s in HTML. */
import "katex/dist/katex.min.css";

import katex from "katex";

import { type Formula, splitFormulas, textsWithFormulas } from "../formula";
import type { FrameBody } from "../protocol";
import { textOf } from "./plain";
import type { Rendered } from "./render";

function drawn({ source, display }: Formula): Node {
  const span = document.createElement("span");
  // `trust` stays off: no \href, no \includegraphics. In this frame they could do no more than HTML can.
  katex.render(source, span, { displayMode: display, throwOnError: false, strict: false });
  return span;
}

export function typeset(texts: readonly Text[]): void {
  for (const text of texts) {
    text.replaceWith(...splitFormulas(text.data).map((part) => (typeof part === "string" ? part : drawn(part))));
  }
}

export function renderLatex(body: FrameBody, element: HTMLElement): Promise<Rendered> {
  element.textContent = textOf(body.data);
  typeset(textsWithFormulas(element));
  return Promise.resolve({});
}
