/** How high a cell is without its outputs, before it is laid out, as the style sheets make it: inside of its own edge. Pure. */
const LINE_PX = 20;
/** Above and below the lines of code (editor.css). */
const AROUND_CODE_PX = 16;
/** Rendered text (markdown.css): a line, a heading, the space between paragraphs, and the space around all. */
const TEXT_LINE_PX = 24;
const HEADING_PX = 36;
const PARAGRAPH_PX = 8;
const AROUND_TEXT_PX = 4;
/** Of a letter, on average. */
const LETTER_PX = 7;

/** Padding and border of a cell (notebook.css): what is around the height that is told here. */
export const CELL_EDGE_PX = 22;

export function codeHeight(source: string): number {
  let lines = 1;
  for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) lines += 1;
  return lines * LINE_PX + AROUND_CODE_PX;
}

/** Of Markdown, in a column of so many CSS pixels: a guess, for only a browser knows. */
export function textHeight(source: string, width: number): number {
  const heights = source
    .trim()
    .split("\n")
    .map((line) => {
      if (line.trim() === "") return PARAGRAPH_PX;
      if (/^#{1,6} /.test(line)) return HEADING_PX;
      return Math.ceil((line.length * LETTER_PX) / width) * TEXT_LINE_PX;
    });
  return heights.reduce((sum, height) => sum + height, AROUND_TEXT_PX);
}
