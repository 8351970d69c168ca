import { expect, test } from "vitest";

import { type Column, PADDING_PX, roomOf } from "../../../src/notebook/outputs/room";
import { roomOfTables } from "../../../src/notebook/outputs/table/lines";
import { type DisplayOutput, LIMITS, type MimeValue } from "../../../src/wire/types";
import { cellOutputs, stream } from "../../support/values";

const WIDE: Column = { width: 900, box: 600, frame: null };
const room = (...args: Parameters<typeof roomOf>) => Math.max(0, roomOf(...args) - PADDING_PX);
const display = (data: Record<string, MimeValue>): DisplayOutput => ({
  t: "display",
  id: "o",
  data,
  metadata: {},
  result: false,
  execution_count: null,
  display_id: null,
});
const inline = (value: string): MimeValue => ({ t: "inline", value });
const picture = (width: number, height: number): MimeValue => ({
  t: "blob",
  sha256: "0",
  size: 9_000,
  encoding: "base64",
  width,
  height,
  rows: 0,
});
const html = (rows: number): MimeValue => ({
  t: "blob",
  sha256: "0",
  size: 9_000,
  encoding: "text",
  width: 0,
  height: 0,
  rows,
});

test("a cell without outputs takes none", () => {
  expect(roomOf(cellOutputs(), WIDE)).toBe(0);
});

test("of outputs that were left out it is what the server has measured", () => {
  const cell = cellOutputs({ complete: false, count: 1, bytes: 20_000, lines: 7 });
  expect(room(cell, WIDE)).toBe(140);
  const figure = cellOutputs({ complete: false, count: 1, bytes: 20_000, width: 640, height: 480 });
  expect(room(figure, WIDE)).toBe(480);
  expect(room(figure, { ...WIDE, width: 320 })).toBe(240);
});

test("what is drawn in a frame is as high as last time, else a guess by its bytes that is no more than a screen", () => {
  const cell = cellOutputs({ complete: false, count: 1, bytes: 800 });
  expect(room(cell, WIDE)).toBe(200);
  expect(room({ ...cell, bytes: 1e6 }, WIDE)).toBe(400);
  expect(room({ ...cell, bytes: 1e6 }, { ...WIDE, frame: 1234 })).toBe(1234);
  const here = cellOutputs({ outputs: [display({ "text/html": inline("<b>bold</b>") })] });
  expect(room(here, WIDE)).toBe(20);
  expect(room(here, { ...WIDE, frame: 1234 })).toBe(1234);
});

test("the table of a DataFrame has its lines, here and left out", () => {
  const of = (value: MimeValue) => display({ "text/html": value, "text/plain": inline("   a\n0  1") });
  const table = roomOfTables(1, 11);
  expect(room(cellOutputs({ complete: false, count: 2, tables: 2, rows: 22 }), WIDE)).toBe(2 * table + 4);
  expect(room(cellOutputs({ outputs: [of(html(11))] }), { ...WIDE, frame: 1234 })).toBe(table);
  expect(room(cellOutputs({ outputs: [of(html(0))] }), { ...WIDE, frame: 1234 })).toBe(1234);
});

test("a text has its lines, and no more than its box shows", () => {
  const of = (text: string) => room(cellOutputs({ outputs: [stream({ text })] }), WIDE);
  expect(of("one")).toBe(20);
  expect(of("one\ntwo\n")).toBe(40);
  expect(of("line\n".repeat(1_000))).toBe(LIMITS.OUTPUT_LINES * 20);
  const low = { ...WIDE, box: 500 };
  expect(room(cellOutputs({ outputs: [stream({ text: "line\n".repeat(1_000) })] }), low)).toBe(500);
  expect(room(cellOutputs({ complete: false, count: 2, bytes: 9, lines: 40 }), low)).toBe(804);
  expect(room(cellOutputs({ complete: false, count: 1, bytes: 9, lines: 30 }), low)).toBe(500);
});

test("one below the other, with the space between them", () => {
  const outputs = [stream({ text: "one\n" }), display({ "image/png": picture(1_800, 900) })];
  expect(room(cellOutputs({ outputs }), WIDE)).toBe(20 + 450 + 4);
});
