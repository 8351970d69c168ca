import { describe, expect, it } from "vitest";
import * as Y from "yjs";

import { foldsOf, NOTHING_KEPT, placesOf, selectionOf } from "../../../src/notebook/editor/kept";
import { digitsOf, plainPieces, type Piece, staticLines } from "../../../src/notebook/editor/static-lines";

const TEXT = "def f():\n    return 1\n\nx = [\n  1,\n]\n";
/** Each line as `number:text`. */
const lines = (pieces: readonly Piece[], folds: readonly { from: number; to: number }[] = []) =>
  staticLines(pieces, folds).map(({ number, pieces: parts }) => `${number}:${parts.map(({ text }) => text).join("")}`);

describe("the lines of static text", () => {
  it("are those of the text, also empty ones and the last", () => {
    expect(lines(plainPieces(TEXT))).toEqual(["1:def f():", "2:    return 1", "3:", "4:x = [", "5:  1,", "6:]", "7:"]);
    expect(lines(plainPieces(""))).toEqual(["1:"]);
  });

  it("leave out what is folded, and number the rest as the editor does", () => {
    const body = { from: TEXT.indexOf(":\n") + 1, to: TEXT.indexOf("return 1") + 8 };
    expect(lines(plainPieces(TEXT), [body])).toEqual(["1:def f():…", "3:", "4:x = [", "5:  1,", "6:]", "7:"]);
    const list = { from: TEXT.indexOf("[") + 1, to: TEXT.indexOf("]") };
    expect(lines(plainPieces(TEXT), [body, list])).toEqual(["1:def f():…", "3:", "4:x = […]", "7:"]);
    expect(lines(plainPieces(TEXT), [{ from: 0, to: TEXT.length }])).toEqual(["1:…"]);
  });

  it("keep the looks of their pieces, and cut a piece at a fold", () => {
    const pieces = [
      { text: "abc", classes: "x" },
      { text: "\n", classes: "" },
      { text: "def", classes: "y" },
    ];
    expect(staticLines(pieces, [{ from: 1, to: 5 }])).toEqual([
      {
        number: 1,
        pieces: [
          { text: "a", classes: "x" },
          { text: "…", classes: "fold-sign" },
          { text: "ef", classes: "y" },
        ],
      },
    ]);
  });

  it("are as many as an editor shows, wherever the folds are", () => {
    for (let from = 0; from < TEXT.length; from += 1) {
      for (let to = from + 1; to <= TEXT.length; to += 1) {
        const shown = TEXT.slice(0, from) + "…" + TEXT.slice(to);
        const drawn = staticLines(plainPieces(TEXT), [{ from, to }]).map((line) =>
          line.pieces.map((piece) => piece.text).join(""),
        );
        expect(drawn.join("\n"), `${from}-${to}`).toBe(shown);
      }
    }
  });

  it("have numbers of so many digits", () => {
    expect([digitsOf(""), digitsOf("\n".repeat(8)), digitsOf("\n".repeat(9)), digitsOf("\n".repeat(99))]).toEqual([
      1, 1, 2, 3,
    ]);
  });
});

describe("what is kept of an editor", () => {
  const source = () => {
    const text = new Y.Doc().getText("t");
    text.insert(0, TEXT);
    return text;
  };

  it("is right after others have typed before it", () => {
    const text = source();
    const kept = { folds: [placesOf(text, 8, 21)], selection: placesOf(text, 5, 4) };
    text.insert(0, "# new\n");
    expect(foldsOf(text, kept)).toEqual([{ from: 14, to: 27 }]);
    expect(selectionOf(text, kept)).toEqual({ from: 11, to: 10 });
  });

  it("loses a fold whose text is gone, and has one for folds within each other", () => {
    const text = source();
    const folds = [placesOf(text, 10, 12), placesOf(text, 8, 21), placesOf(text, 24, 26)];
    expect(foldsOf(text, { folds, selection: null })).toEqual([
      { from: 8, to: 21 },
      { from: 24, to: 26 },
    ]);
    text.delete(0, text.length);
    expect(foldsOf(text, { folds, selection: null })).toEqual([]);
    expect(selectionOf(text, NOTHING_KEPT)).toBeNull();
  });
});
