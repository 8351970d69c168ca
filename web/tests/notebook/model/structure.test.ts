import { beforeEach, describe, expect, it } from "vitest";
import * as Y from "yjs";

import { cellMapOf, cellsOf } from "../../../src/doc/layout";
import { NotebookDoc } from "../../../src/doc/notebook-doc";
import { readCells } from "../../../src/notebook/model/nbcells";
import { Selection } from "../../../src/notebook/model/selection";
import { type Deleted, Structure } from "../../../src/notebook/model/structure";
import { isSourceHidden, setSourceHidden } from "../../../src/notebook/model/visibility";
import { RunStore } from "../../../src/runs/store";

function bookOf(...sources: string[]): NotebookDoc {
  const doc = new Y.Doc();
  doc.getMap("nb").set("metadata", new Y.Map());
  sources.forEach((source, at) => {
    cellsOf(doc).set(`c${at + 1}`, cellMapOf({ type: "code", source, pos: `P${at + 1}` }));
  });
  return new NotebookDoc(doc);
}

let book: NotebookDoc;
let selection: Selection;
let structure: Structure;
let offered: Deleted | null;

function begin(...sources: string[]): void {
  book = bookOf(...sources);
  offered = null;
  let made = 0;
  selection = new Selection(() => book.order());
  const newId = () => `n${(made += 1)}`;
  const ports = {
    book: () => book,
    runs: new RunStore(),
    newId,
    deleted: (deleted: Deleted) => (offered = deleted),
  };
  structure = new Structure(ports, selection);
}

const texts = () => book.order().map((id) => book.cell(id)?.source.toJSON());

beforeEach(() => begin("a", "b", "c", "d"));

describe("selecting", () => {
  it("goes from the anchor to where it is extended to, both ways", () => {
    selection.select("c2");
    selection.extend(1);
    selection.extend(1);
    expect(selection.cells()).toEqual(["c2", "c3", "c4"]);
    selection.extendTo("c1");
    expect(selection.cells()).toEqual(["c1", "c2"]);
    expect(selection.read().id).toBe("c1");
  });

  it("adds and takes out single cells, and keeps the last one", () => {
    selection.select("c1");
    selection.toggle("c3");
    expect(selection.cells()).toEqual(["c1", "c3"]);
    selection.toggle("c3");
    selection.toggle("c1");
    expect(selection.cells()).toEqual(["c1"]);
  });

  it("stays when an editor leaves that is not in focus any more", () => {
    selection.select("c1", "edit");
    selection.select("c2", "edit");
    selection.leave("c1");
    expect(selection.read()).toMatchObject({ id: "c2", mode: "edit" });
  });
});

describe("moving", () => {
  it("takes the selected cells along, and stops at the ends", () => {
    selection.select("c2");
    selection.extend(1);
    structure.moveBy(1);
    expect(book.order()).toEqual(["c1", "c4", "c2", "c3"]);
    structure.moveBy(1);
    expect(book.order()).toEqual(["c1", "c4", "c2", "c3"]);
    structure.moveBy(-1);
    structure.moveBy(-1);
    structure.moveBy(-1);
    expect(book.order()).toEqual(["c2", "c3", "c1", "c4"]);
  });

  it("drops before a cell or at the end, and is one step for undo", () => {
    structure.moveTo(["c1", "c3"], "c4");
    expect(book.order()).toEqual(["c2", "c1", "c3", "c4"]);
    structure.moveTo(["c2"], null);
    expect(book.order()).toEqual(["c1", "c3", "c4", "c2"]);
    structure.undo();
    structure.undo();
    expect(book.order()).toEqual(["c1", "c2", "c3", "c4"]);
  });
});

describe("splitting and merging", () => {
  it("splits at the caret, and the line break between the parts goes", () => {
    begin("one\ntwo\nthree");
    structure.split("c1", [4]);
    expect(texts()).toEqual(["one", "two\nthree"]);
    expect(selection.read()).toMatchObject({ id: "n1", mode: "edit" });
  });

  it("splits around a selection into three", () => {
    begin("one\ntwo\nthree");
    structure.split("c1", [4, 7]);
    expect(texts()).toEqual(["one", "two", "three"]);
  });

  it("makes an empty cell at the end", () => {
    begin("one");
    structure.split("c1", [3, 3]);
    expect(texts()).toEqual(["one", ""]);
  });

  it("merges what is selected, or the neighbour, into the first", () => {
    selection.select("c1");
    selection.extend(1);
    structure.merge();
    expect(texts()).toEqual(["a\nb", "c", "d"]);
    structure.merge(1);
    expect(texts()).toEqual(["a\nb\nc", "d"]);
    selection.select("c4");
    structure.merge(-1);
    expect(texts()).toEqual(["a\nb\nc\nd"]);
  });

  it("gives back what a split took, in one step", () => {
    begin("one\ntwo");
    structure.split("c1", [4]);
    structure.undo();
    expect(texts()).toEqual(["one\ntwo"]);
  });
});

describe("deleting", () => {
  it("takes all that is selected, selects what is next, and brings all back", () => {
    selection.select("c2");
    selection.extend(1);
    structure.delete();
    expect(book.order()).toEqual(["c1", "c4"]);
    expect(selection.read().id).toBe("c4");
    offered?.undo();
    expect(book.order()).toEqual(["c1", "c2", "c3", "c4"]);
  });
});

describe("the clipboard", () => {
  it("is an nbformat notebook that another can take", () => {
    book.setMeta("c1", "tags", ["x"]);
    selection.select("c1");
    selection.extend(1);
    const text = structure.copy();
    expect(JSON.parse(text)).toMatchObject({
      nbformat: 4,
      cells: [{ cell_type: "code", source: "a", outputs: [] }, { source: "b" }],
    });
    begin("other");
    selection.select("c1");
    expect(structure.paste(text)).toBe(true);
    expect(texts()).toEqual(["other", "a", "b"]);
    expect(book.meta("n1")).toEqual({ tags: ["x"] });
    expect(selection.cells()).toEqual(["n1", "n2"]);
  });

  it("gives a cell that was cut its own id back, once, for its outputs are kept by it", () => {
    selection.select("c2");
    const text = structure.cutCells();
    selection.select("c4");
    structure.paste(text);
    expect(book.order()).toEqual(["c1", "c3", "c4", "c2"]);
    structure.paste(text);
    expect(book.order()).toEqual(["c1", "c3", "c4", "c2", "n1"]);
  });

  it("takes what was copied here when the browser gives nothing", () => {
    selection.select("c1");
    structure.copy();
    expect(structure.paste(null, "above")).toBe(true);
    expect(texts()).toEqual(["a", "a", "b", "c", "d"]);
  });

  it("takes only what is a cell", () => {
    const none = [
      "",
      "hello",
      "{}",
      "[1, 2]",
      '{"cells": [{"cell_type": "code"}]}',
      '{"cell_type":"evil","source":""}',
    ];
    for (const text of none) expect(readCells(text, () => "x")).toBeNull();
    const lines = '[{"cell_type":"raw","source":["a\\n","b"],"metadata":7}]';
    expect(readCells(lines, () => "x")).toEqual([{ id: "x", parts: { type: "raw", source: "a\nb", meta: {} } }]);
  });
});

describe("hiding code", () => {
  it("is kept as Jupyter keeps it, and leaves nothing behind", () => {
    book.setMeta("c1", "jupyter", { outputs_hidden: true });
    setSourceHidden(book, ["c1", "c2"], true);
    expect(book.meta("c1")).toEqual({ jupyter: { outputs_hidden: true, source_hidden: true } });
    expect(isSourceHidden(book.meta("c2"))).toBe(true);
    setSourceHidden(book, ["c1", "c2"], false);
    expect(book.meta("c1")).toEqual({ jupyter: { outputs_hidden: true } });
    expect(book.meta("c2")).toEqual({});
  });
});

describe("an offer to bring deleted cells back", () => {
  it("has no point any more as soon as all of them are back by another way", () => {
    selection.select("c1");
    selection.extend(1);
    structure.delete();
    let back = 0;
    offered?.onBack(() => (back += 1));
    structure.insert("code", 0, "new");
    expect(back).toBe(0);
    structure.undo();
    structure.undo();
    expect(texts()).toEqual(["a", "b", "c", "d"]);
    expect(back).toBe(1);
  });
});

describe("a heading", () => {
  it("makes text cells of all selected cells with the first line as a heading, in one step for undo", () => {
    begin("Owls", "### Of the night\nand more", "print(1)");
    selection.select("c1");
    selection.extend(1);
    structure.setHeading(2);
    expect(texts()).toEqual(["## Owls", "## Of the night\nand more", "print(1)"]);
    expect(book.order().map((id) => book.cell(id)?.type)).toEqual(["markdown", "markdown", "code"]);
    structure.undo();
    expect(texts()).toEqual(["Owls", "### Of the night\nand more", "print(1)"]);
    expect(book.cell("c1")?.type).toBe("code");
  });

  it.each([
    ["", "# "],
    ["#", "# "],
    ["#hoot", "# #hoot"],
    ["######\tsix", "# six"],
    ["  # spaces", "# spaces"],
    ["####### seven is none", "# ####### seven is none"],
    ["\nsecond line", "# \nsecond line"],
  ])("of %j is %j", (before, after) => {
    begin(before);
    selection.select("c1");
    structure.setHeading(1);
    expect(texts()).toEqual([after]);
  });
});
