/**
 * A long, growing text as blocks of lines, each with its ANSI spans. Blocks that are full never change, so the page
 * draws only the last one anew while a cell prints, and the browser skips those that are out of sight.
 */
import { type AnsiSpan, type AnsiStyle, parseAnsi, PLAIN } from "./ansi";

export interface Block {
  readonly key: number;
  readonly text: string;
  readonly spans: readonly AnsiSpan[];
  readonly lines: number;
}

const LINES = 80;

interface Full extends Block {
  readonly start: AnsiStyle;
  readonly end: AnsiStyle;
}

export class TextBlocks {
  private text = "";
  private blocks: Full[] = [];

  /** The blocks of `text`; what it shares with the text before is not parsed again. */
  update(text: string): readonly Block[] {
    if (text === this.text) return this.blocks;
    const keep = text.startsWith(this.text) ? this.blocks.slice(0, -1) : [];
    let from = keep.reduce((sum, block) => sum + block.text.length, 0);
    let start = keep.at(-1)?.end ?? PLAIN;
    const blocks = keep;
    while (from < text.length) {
      const until = endOfLines(text, from, LINES);
      const piece = text.slice(from, until.index);
      const { spans, end } = parseAnsi(piece, start);
      blocks.push({ key: blocks.length, text: piece, spans, lines: until.lines, start, end });
      start = end;
      from = until.index;
    }
    this.text = text;
    this.blocks = blocks;
    return blocks;
  }
}

function endOfLines(text: string, from: number, count: number): { index: number; lines: number } {
  let index = from;
  for (let lines = 0; lines < count; lines += 1) {
    if (index === text.length) return { index, lines };
    const newline = text.indexOf("\n", index);
    if (newline === -1) return { index: text.length, lines: lines + 1 };
    index = newline + 1;
  }
  return { index, lines: count };
}
