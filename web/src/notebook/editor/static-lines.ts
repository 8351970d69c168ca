/** The lines of the static text that stands in for an editor: the same lines, numbers and folds as the editor's. Pure. */
import type { Span } from "./kept";

export interface Piece {
  readonly text: string;
  readonly classes: string;
}

export interface StaticLine {
  readonly number: number;
  readonly pieces: readonly Piece[];
}

/** What stands for folded lines, as in the editor. */
export const FOLD: Piece = { text: "…", classes: "fold-sign" };

/** `folds` are in order and apart. A piece is one line end, or has none. */
export function staticLines(pieces: readonly Piece[], folds: readonly Span[]): readonly StaticLine[] {
  const lines: StaticLine[] = [];
  let line: Piece[] = [];
  let number = 1;
  let begin = 1;
  let at = 0;
  let next = 0;
  const end = () => {
    lines.push({ number: begin, pieces: line });
    line = [];
  };
  for (const { text, classes } of pieces) {
    const stop = at + text.length;
    for (let from = at; from < stop;) {
      const fold = folds[next];
      if (fold !== undefined && from >= fold.from) {
        if (from === fold.from) line.push(FOLD);
        from = Math.min(stop, fold.to);
        if (from === fold.to) next += 1;
        continue;
      }
      const to = Math.min(stop, fold?.from ?? stop);
      if (text !== "\n") line.push({ text: text.slice(from - at, to - at), classes });
      from = to;
    }
    if (text === "\n") {
      number += 1;
      const before = folds[next];
      const hidden = (before !== undefined && before.from <= at) || folds[next - 1]?.to === stop;
      if (!hidden) {
        end();
        begin = number;
      }
    }
    at = stop;
  }
  end();
  return lines;
}

/** Each line as one piece without a look. */
export function plainPieces(text: string): readonly Piece[] {
  return text.split(/(\n)/).flatMap((part) => (part === "" ? [] : [{ text: part, classes: "" }]));
}

/** How many digits the number of the last line has. */
export function digitsOf(text: string): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines += 1;
  return String(lines).length;
}
