import { expect, test } from "vitest";

import { codeHeight, textHeight } from "../../../src/notebook/cells/cell-height";

test("code has a line for each of its lines, the last empty one too", () => {
  expect([codeHeight(""), codeHeight("a"), codeHeight("a\n"), codeHeight("a\nb")]).toEqual([36, 36, 56, 56]);
});

test("text is higher where headings and paragraphs are, and in a narrow column", () => {
  const words = "Some words. ".repeat(20);
  const wide = textHeight(`# Part\n\n${words}`, 900);
  expect(wide).toBeGreaterThan(textHeight("Part", 900));
  expect(textHeight(`# Part\n\n${words}`, 300)).toBeGreaterThan(wide);
  expect(textHeight("one\n\ntwo", 900)).toBeGreaterThan(textHeight("one", 900));
});
