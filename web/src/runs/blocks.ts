/**
 * A long, growing text as blocks of lines, each with its ANSI spans. Blocks that are full never change, so the page
 * draws only the last one anew while a cell prints, and the browser skips those that are out of sight. Of a text whose
 * start is let go as it grows, the blocks that stay are kept too.
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

/** How much of a text's start is looked for in the text before it. */
const PROBE_CHARS = 256;

export class TextBlocks {
  private text = "";
  private blocks: readonly Full[] = [];

  /** The blocks of `text`; what it shares with the text before is not parsed again. */
  update(text: string): readonly Block[] {
    if (text === this.text) return this.blocks;
    const kept = this.keep(text);
    const blocks = kept.slice(0, -1);
    let from = blocks.reduce((sum, block) => sum + block.text.length, 0);
    let { key, start } = kept.at(-1) ?? { key: 0, start: PLAIN };
    while (from < text.length) {
      const until = endOfLines(text, from, LINES);
      const block = blockOf(key, text.slice(from, until.index), start, until.lines);
      blocks.push(block);
      ({ end: start } = block);
      key += 1;
      from = until.index;
    }
    this.text = text;
    this.blocks = blocks;
    return blocks;
  }

  /** The blocks of the text before that this one begins with; the last of them may have grown. */
  private keep(text: string): readonly Full[] {
    if (text.startsWith(this.text)) return this.blocks;
    const gone = this.text.indexOf(text.slice(0, PROBE_CHARS));
    if (gone <= 0 || !text.startsWith(this.text.slice(gone))) return [];
    let at = 0;
    const first = this.blocks.findIndex((block) => (at += block.text.length) > gone);
    const cut = this.blocks[first];
    if (cut === undefined) return [];
    const inside = cut.text.length - (at - gone);
    return [inside === 0 ? cut : withoutStart(cut, inside), ...this.blocks.slice(first + 1)];
  }
}

function blockOf(key: number, text: string, start: AnsiStyle, lines: number): Full {
  const { spans, end } = parseAnsi(text, start);
  return { key, text, spans, lines, start, end };
}

function withoutStart({ key, text, start }: Full, length: number): Full {
  const { end } = parseAnsi(text.slice(0, length), start);
  const rest = text.slice(length);
  return blockOf(key, rest, end, endOfLines(rest, 0, LINES).lines);
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
