/**
 * LaTeX to what the page may show. The only file that knows KaTeX, which is fetched with the first formula.
 *
 * A formula is not trusted: KaTeX escapes all text, makes no links, loads nothing and sets no class or id of its own
 * choosing (`trust: false`), and stops at limits of size and of macro expansion. A formula that it cannot read is
 * shown as its source.
 */
import type { KatexOptions } from "katex";

import { LIMITS } from "../wire/types";
import { fetchPart } from "./part";
import type { CleanHtml } from "./sanitize";

/** What the formulas of one text have defined so far; KaTeX writes into it. */
export type Macros = NonNullable<KatexOptions["macros"]>;

function latexOptions(display: boolean, macros: Macros): KatexOptions {
  return {
    displayMode: display,
    throwOnError: false,
    errorColor: "var(--bad)",
    trust: false,
    strict: "ignore",
    maxSize: 40,
    maxExpand: 1_000,
    output: "htmlAndMathml",
    macros,
    globalGroup: true,
  };
}

/** Braces that are open at once, at most. Of escaped ones some are counted too: a formula is none the deeper for them. */
function depthOf(formula: string): number {
  let [open, most] = [0, 0];
  for (const char of formula) {
    if (char === "{") open += 1;
    else if (char === "}") open -= 1;
    most = Math.max(most, open);
  }
  return most;
}

export interface Latex {
  /** One formula, without its delimiters; null when it is longer than LATEX_CHARS, or nested deeper than LATEX_DEPTH. */
  readonly render: (formula: string, display: boolean, macros?: Macros) => CleanHtml | null;
}

let latex: Promise<Latex> | null = null;

/** Fetches KaTeX and its fonts; once for the page. */
export function loadLatex(): Promise<Latex> {
  latex ??= fetchPart(async () => {
    const [{ default: katex }] = await Promise.all([import("katex"), import("katex/dist/katex.min.css")]);
    return {
      render: (formula, display, macros = {}) => {
        if (formula.length > LIMITS.LATEX_CHARS || depthOf(formula) > LIMITS.LATEX_DEPTH) return null;
        try {
          return katex.renderToString(formula, latexOptions(display, macros)) as CleanHtml;
        } catch {
          // Not a mistake of the writer, which KaTeX shows in its place: nested too deep for it.
          return null;
        }
      },
    };
  });
  return latex;
}
