/**
 * LaTeX to what the page may show. The only file that knows KaTeX, which is fetched with the first formula.
 *
 * A formula is not trusted: KaTeX escapes all text, makes no links, loads nothing and sets no class or id of its own
 * choosing (`trust: false`), and stops at limits of size and of macro expansion. A formula that it cannot read is
 * shown as its source.
 */
import type { KatexOptions } from "katex";

import { fetchPart } from "./part";
import type { CleanHtml } from "./sanitize";

/** Read by whoever runs KaTeX by itself (Markdown), so that one rule holds. A new `macros` for each text. */
export function latexOptions(display: boolean): KatexOptions {
  return {
    displayMode: display,
    throwOnError: false,
    errorColor: "var(--bad)",
    trust: false,
    strict: "ignore",
    maxSize: 40,
    maxExpand: 1_000,
    output: "htmlAndMathml",
    macros: {},
  };
}

/** Longer formulas are shown as their source. */
export const LONGEST_FORMULA = 20_000;

export interface Latex {
  /** One formula, without its delimiters. */
  readonly render: (formula: string, display: boolean) => CleanHtml;
}

let latex: Promise<Latex> | null = null;

/** Fetches KaTeX and its fonts; once for the page. */
export function loadLatex(): Promise<Latex> {
  latex ??= fetchPart(async () => {
    const [{ default: katex }] = await Promise.all([import("katex"), import("katex/dist/katex.min.css")]);
    return {
      render: (formula, display) =>
        katex.renderToString(formula.slice(0, LONGEST_FORMULA), latexOptions(display)) as CleanHtml,
    };
  });
  return latex;
}
