import { expect, test } from "vitest";

import { piecesOf } from "../../../src/notebook/outputs/math";
import { pictureSize, pngSize } from "../../../src/notebook/outputs/picture-size";
import type { DisplayOutput } from "../../../src/wire/types";

const DOT = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAYAAAC56t6BAAAADklEQVR4nGP4z8DwH4oAHPAD/QbgMTUAAAAASUVORK5CYII=";
const display = (data: DisplayOutput["data"], metadata = {}): DisplayOutput => ({
  ...{ t: "display", id: "o", data, metadata, result: false, execution_count: null, display_id: null },
});

test("the size of an image is known before it is drawn", () => {
  expect(pngSize(DOT)).toEqual({ width: 2, height: 3 });
  expect(pngSize("R0lGODlhAQABAAAAACw=")).toBeNull();
  expect(pngSize('iVBORw0KGgo" onerror=alert(1) '.padEnd(60))).toBeNull();
  const data = { "image/png": { t: "inline", value: DOT } } as const;
  expect(pictureSize(display(data), "image/png")).toEqual({ width: 2, height: 3 });
  const retina = { "image/png": { width: 320, height: 240 } };
  expect(pictureSize(display(data, retina), "image/png")).toEqual({ width: 320, height: 240 });
  expect(pictureSize(display(data, { "image/png": { width: -1, height: "x" } }), "image/png")).toMatchObject({
    width: 2,
  });
});

test("formulas are found in a text, whatever their delimiters", () => {
  expect(piecesOf("$$x^2$$")).toEqual([{ t: "formula", text: "x^2", display: true }]);
  expect(piecesOf("Let $a$ and \\(b\\) be")).toEqual([
    { t: "text", text: "Let " },
    { t: "formula", text: "a", display: false },
    { t: "text", text: " and " },
    { t: "formula", text: "b", display: false },
    { t: "text", text: " be" },
  ]);
  expect(piecesOf("\\begin{align}a &= b\\end{align}")).toEqual([
    { t: "formula", text: "\\begin{align}a &= b\\end{align}", display: true },
  ]);
  expect(piecesOf("\\frac{1}{2}")).toEqual([{ t: "formula", text: "\\frac{1}{2}", display: true }]);
  expect(piecesOf("It costs 5 dollars")).toEqual([{ t: "text", text: "It costs 5 dollars" }]);
});
