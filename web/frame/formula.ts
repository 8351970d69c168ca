/** Where formulas are in text, by the delimiters that Jupyter knows. Draws nothing. */

/** No formula is longer; what is not closed by then is text. */
const MOST = 4_000;
const ANY = `[\\s\\S]{1,${MOST}}?`;

/** `$` stands for money too: a formula begins and ends right at its text, and no digit follows it. */
const FORMULA = new RegExp(
  [
    String.raw`\$\$(${ANY})\$\$`,
    String.raw`\\\[(${ANY})\\\]`,
    String.raw`\\\((${ANY})\\\)`,
    String.raw`\$(?![\s$])((?:[^$\\]|\\[\s\S]){1,${MOST}}?)(?<!\s)\$(?!\d)`,
  ].join("|"),
);

const KEPT = "script, style, textarea, pre, code, option, noscript, .katex, .tex2jax_ignore, .mathjax_ignore";

export interface Formula {
  readonly source: string;
  readonly display: boolean;
}

/** The text as it is, with formulas in it. */
export function splitFormulas(text: string): readonly (string | Formula)[] {
  const parts: (string | Formula)[] = [];
  let from = 0;
  for (const match of text.matchAll(new RegExp(FORMULA, "g"))) {
    const [whole, dollars, brackets, round, dollar] = match;
    if (match.index > from) parts.push(text.slice(from, match.index));
    const display = dollars ?? brackets;
    parts.push({ source: display ?? round ?? dollar ?? "", display: display !== undefined });
    from = match.index + whole.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** The texts of an element that have formulas in them. */
export function textsWithFormulas(root: HTMLElement): readonly Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode() !== null) {
    const text = walker.currentNode as Text;
    if (!text.parentElement?.closest(KEPT) && FORMULA.test(text.data)) texts.push(text);
  }
  return texts;
}
