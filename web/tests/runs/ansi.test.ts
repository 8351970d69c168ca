import { expect, test } from "vitest";

import { parseAnsi, PLAIN, stripAnsi } from "../../src/runs/ansi";
import { TextBlocks } from "../../src/runs/blocks";

const parts = (text: string) => parseAnsi(text).spans.map(({ text: part, style }) => [part, style.color] as const);

test("colours of 16, of 256 and of 24 bits are read", () => {
  expect(parts("\x1b[31mred\x1b[0m plain \x1b[94mblue")).toEqual([
    ["red", "red"],
    [" plain ", null],
    ["blue", "bright-blue"],
  ]);
  expect(parts("\x1b[38;5;196mx\x1b[38;5;9my\x1b[38;5;244mz")).toEqual([
    ["x", "#ff0000"],
    ["y", "bright-red"],
    ["z", "#808080"],
  ]);
  expect(parts("\x1b[38;2;1;22;255mx")).toEqual([["x", "#0116ff"]]);
});

test("attributes add up and are taken back one by one", () => {
  const { spans, end } = parseAnsi("\x1b[1;4;3;48;5;2mx\x1b[22my\x1b[24;23;49mz");
  expect(spans[0]?.style).toMatchObject({ bold: true, underline: true, italic: true, background: "green" });
  expect(spans[1]?.style).toMatchObject({ bold: false, underline: true });
  expect(end).toEqual(PLAIN);
});

test("links of a terminal keep their address only when it is one of the web", () => {
  const { spans } = parseAnsi(
    "\x1b]8;;https://a.b/c\x1b\\text\x1b]8;;\x1b\\ \x1b]8;;javascript:alert(1)\x07bad\x1b]8;;\x07",
  );
  expect(spans.map(({ text, style }) => [text, style.link])).toEqual([
    ["text", "https://a.b/c"],
    [" ", null],
    ["bad", null],
  ]);
});

test("other control sequences are left out", () => {
  expect(stripAnsi("a\x1b[2Kb\x1b[?25lc\x1b]0;title\x07d")).toBe("abcd");
});

test("a text that grows keeps its full blocks, and colours go on from one block to the next", () => {
  const blocks = new TextBlocks();
  const line = (number: number) => `${number}\n`;
  const text = `\x1b[31m${Array.from({ length: 200 }, (_, number) => line(number)).join("")}`;
  const first = blocks.update(text);
  expect(first.map(({ lines }) => lines)).toEqual([80, 80, 40]);
  expect(first.at(-1)?.spans[0]?.style.color).toBe("red");
  const second = blocks.update(`${text}more`);
  expect(second[0]).toBe(first[0]);
  expect(second.map((block) => block.text).join("")).toBe(`${text}more`);
  expect(blocks.update("other").map((block) => block.text)).toEqual(["other"]);
});

test("a text whose start is let go as it grows keeps the blocks that stay", () => {
  const blocks = new TextBlocks();
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => `line ${from + at}\n`).join("");
  const first = blocks.update(`\x1b[31m${lines(0, 400)}`);
  const second = blocks.update(lines(100, 500));
  expect(second.map(({ text }) => text).join("")).toBe(lines(100, 500));
  expect(second[1]).toBe(first[2]);
  expect(second.map(({ key }) => key)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(second[0]?.spans[0]?.style.color).toBe("red");
});

test("whatever part of a text is let go and added, the blocks are the text", () => {
  const blocks = new TextBlocks();
  for (let round = 0; round < 60; round += 1) {
    const from = (round * 7_919) % 500;
    const text = "same line\n".repeat(50 + ((round * 31) % 300)).slice(from) + "x".repeat(round % 3);
    expect(
      blocks
        .update(text)
        .map((block) => block.text)
        .join(""),
    ).toBe(text);
    const keys = blocks.update(text).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  }
});
