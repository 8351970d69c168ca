/**
 * How high the outputs of a cell will be, as far as it can be told before they are drawn, or have come: the scroll bar is
 * honest by it, and little moves when they are there. Pure: numbers as in outputs.css.
 */
import { type CellOutputs, type DisplayOutput, LIMITS, type Output } from "../../wire/types";
import { pictureSize } from "./picture-size";
import { choose } from "./plan";
import { roomOfTables, tableLines } from "./table/lines";

const LINE_PX = 20;
const GAP_PX = 4;
export const PADDING_PX = 12;
const LINE_CHARS = 80;
/** Of what only a browser can measure: by its bytes, and no more than this. */
const LARGEST_GUESS_PX = 400;

export interface Column {
  /** CSS pixels. */
  readonly width: number;
  /** The highest that a box with text becomes. */
  readonly box: number;
  /** Of what this cell's frame was last time; null: not known. */
  readonly frame: number | null;
}

/** In CSS pixels, with the space around; 0 when there is nothing to show. */
export function roomOf(cell: CellOutputs, column: Column): number {
  const { count, outputs, complete } = cell;
  if (complete && outputs.length === 0) return 0;
  const height = complete ? roomOfOutputs(outputs, column) : roomOfUnseen(cell, column);
  return height + GAP_PX * (Math.max(1, complete ? outputs.length : count) - 1) + PADDING_PX;
}

function roomOfUnseen(cell: CellOutputs, column: Column): number {
  const { count, bytes, lines, tables, rows } = cell;
  const known = Math.min(lines * LINE_PX, count * column.box) + scaled(cell, column) + roomOfTables(tables, rows);
  if (known === 0) return column.frame ?? guess(bytes, count);
  return known;
}

function roomOfOutputs(outputs: readonly Output[], column: Column): number {
  let [height, framed, frames] = [0, 0, 0];
  for (const output of outputs) {
    const table = tableLines(output);
    if (table > 0) height += roomOfTables(1, table);
    else if (output.t === "display" && choose(output)?.place === "frame") {
      framed += bytesOf(output);
      frames += 1;
    } else height += roomOfOne(output, column);
  }
  return frames === 0 ? height : height + (column.frame ?? guess(framed, frames));
}

function roomOfOne(output: Output, column: Column): number {
  switch (output.t) {
    case "stream":
      return Math.min(column.box, linesIn(`${output.text}${output.text_end}${output.tail}`) * LINE_PX);
    case "error":
      return LIMITS.ERROR_LINES * LINE_PX;
    case "cut":
      return LINE_PX;
    case "display": {
      const chosen = choose(output);
      const size = chosen?.type.startsWith("image/") ? pictureSize(output, chosen.type) : null;
      if (size !== null) return scaled(size, column);
      const text = chosen?.value.t === "inline" ? chosen.value.value : null;
      return typeof text === "string" ? Math.min(column.box, linesIn(text) * LINE_PX) : guess(bytesOf(output), 1);
    }
  }
}

/** What the value that is shown takes to be sent. */
function bytesOf(output: DisplayOutput): number {
  const value = choose(output)?.value;
  if (value === undefined) return 0;
  if (value.t === "blob") return value.size;
  return typeof value.value === "string" ? value.value.length : LARGEST_GUESS_PX * LINE_CHARS;
}

/** Lines that a box shows of a text. */
function linesIn(text: string): number {
  const ended = text.endsWith("\n") ? 0 : 1;
  let lines = ended;
  for (let at = text.indexOf("\n"); at !== -1 && lines < LIMITS.OUTPUT_LINES; at = text.indexOf("\n", at + 1))
    lines += 1;
  return lines;
}

function scaled({ width, height }: { readonly width: number; readonly height: number }, column: Column): number {
  return width > column.width ? Math.round((height * column.width) / width) : height;
}

const guess = (bytes: number, count: number) =>
  Math.min(LARGEST_GUESS_PX, Math.max(count, Math.ceil(bytes / LINE_CHARS)) * LINE_PX);
