/** Finds the formulas in a LaTeX output: what Python gives is a text with formulas in it, or one formula. Pure. */

export type Piece =
  | { readonly t: "text"; readonly text: string }
  | { readonly t: "formula"; readonly text: string; readonly display: boolean };

const FORMULA =
  /\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)|\$((?:\\.|[^$\\])+)\$|(\\begin\{([a-zA-Z]+\*?)\}[\s\S]*?\\end\{\6\})/g;

/** A text without any delimiter that has a command in it is one formula. */
export function piecesOf(source: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  const text = (until: number) => {
    if (until > from) pieces.push({ t: "text", text: source.slice(from, until) });
  };
  for (const match of source.matchAll(FORMULA)) {
    text(match.index);
    from = match.index + match[0].length;
    const [, dollars, brackets, parens, dollar, environment] = match as (string | undefined)[];
    const inline = parens ?? dollar;
    const formula = dollars ?? brackets ?? inline ?? environment ?? "";
    pieces.push({ t: "formula", text: formula.trim(), display: inline === undefined });
  }
  text(source.length);
  if (pieces.length === 1 && pieces[0]?.t === "text" && /\\[a-zA-Z]+|[\^_]/.test(source)) {
    return [{ t: "formula", text: source.trim(), display: true }];
  }
  return pieces;
}
