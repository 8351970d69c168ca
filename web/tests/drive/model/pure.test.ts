import { describe, expect, it, test } from "vitest";

import { faceOf, lookOf, textOf } from "../../../src/drive/model/files";
import { homeHeads, homeOrder } from "../../../src/drive/model/home";
import { markedParts } from "../../../src/drive/model/marked";
import { mayTakeAway, moveRefusal, type Target } from "../../../src/drive/model/moving";
import { readNotebook } from "../../../src/drive/model/notebook-text";
import { compareItems, placeIn } from "../../../src/drive/model/order";
import { touched } from "../../../src/drive/model/touched";
import { Rows } from "../../../src/ui/rows";
import { NO_SEEK, seek, soughtIn } from "../../../src/drive/model/seek";
import { usageOf } from "../../../src/drive/model/usage";
import { addressOf, chosenAt, type View, viewAt } from "../../../src/drive/model/views";
import type { FoundItem } from "../../../src/net/drive-rest";
import { item } from "../../support/drive-item";

describe("views and their addresses", () => {
  const views: readonly View[] = [
    { t: "home" },
    { t: "folder", id: "root" },
    { t: "folder", id: "a b/ü" },
    { t: "recent" },
    { t: "starred" },
    { t: "shared" },
    { t: "bin" },
    { t: "search", words: "x & y=1 #2", inside: true },
    { t: "search", words: "", inside: false },
  ];
  it.each(views)("%o comes back", (view) => expect(viewAt(addressOf(view))).toEqual(view));

  it("an address that is damaged breaks nothing", () => {
    expect(viewAt("/drive/%E0%A4%A")).toEqual({ t: "folder", id: "%E0%A4%A" });
    expect(viewAt("/somewhere")).toEqual({ t: "home" });
    expect(chosenAt("/drive?select=i%201")).toBe("i 1");
    expect(chosenAt("/drive")).toBeNull();
  });
});

describe("order", () => {
  const names = (sort: Parameters<typeof compareItems>[0], ...items: ReturnType<typeof item>[]) =>
    [...items].sort(compareItems(sort)).map(({ name }) => name);

  it("by name folders come first, and numbers by their value, whichever way", () => {
    const folder = item("Z", { kind: "folder" });
    const rest = [item("run 10"), item("run 2"), item("Run 1")];
    expect(names({ by: "name", descending: false }, ...rest, folder)).toEqual(["Z", "Run 1", "run 2", "run 10"]);
    expect(names({ by: "name", descending: true }, ...rest, folder)).toEqual(["Z", "run 10", "run 2", "Run 1"]);
  });

  it("finds the place of what is new", () => {
    const sort = { by: "name", descending: false } as const;
    const there = ["a", "c", "e"].map((name) => item(name));
    expect(["A1", "d", "f", "0"].map((name) => placeIn(there, item(name), compareItems(sort)))).toEqual([1, 2, 3, 0]);
  });
});

describe("what a drop means", () => {
  const target: Target = { id: "t", name: "t", above: ["u"], role: "owner", isRoot: false };
  test.each([
    ["a file from elsewhere", [item("f", { parent: "x" })], target, null],
    ["what is there", [item("f", { parent: "t" })], target, "here"],
    ["some that are there, some not", [item("f", { parent: "t" }), item("g")], target, null],
    ["the folder itself", [item("t", { kind: "folder" })], target, "itself"],
    ["a folder that it lies in", [item("u", { kind: "folder" })], target, "itself"],
    ["what one may only look at", [item("f", { role: "viewer" })], target, "not-yours"],
    ["a folder that one may only look at", [item("f")], { ...target, role: "commenter" as const }, "not-yours"],
    ["what is another's", [item("f", { role: "editor", parent: "x" })], target, "other-tree"],
    ["a folder of another's", [item("f")], { ...target, role: "editor" as const }, "other-tree"],
    ["within the Drive of another", [item("f", { role: "editor" })], { ...target, role: "editor" as const }, null],
    ["the root, where it lies", [item("f")], { ...target, id: "root", isRoot: true }, "here"],
  ])("%s", (_, items, to, refusal) => expect(moveRefusal(items, to)).toBe(refusal));
});

describe("taking away", () => {
  test.each([
    ["one's own", item("f"), null, true],
    ["what is shared by itself", item("f", { role: "editor" }), null, false],
    ["of a folder that one may edit", item("f", { role: "editor", parent: "x" }), "editor" as const, true],
    ["of a folder that one may only look at", item("f", { role: "editor", parent: "x" }), "viewer" as const, false],
    ["of a folder that is not known here", item("f", { role: "editor", parent: "x" }), null, true],
    ["what one may only look at", item("f", { role: "viewer", parent: "x" }), "editor" as const, false],
  ])("%s", (_, one, folder, may) => expect(mayTakeAway(one, folder)).toBe(may));
});

describe("letters", () => {
  const items = ["alpha", "beta", "Bravo", "betamax"].map((name) => item(name));
  const typed = (...letters: string[]) =>
    letters.reduce((sought, letter, at) => seek(sought, letter, at * 100), NO_SEEK);

  it("go to the name that begins so, the same letter on to the next", () => {
    expect(soughtIn(items, typed("b"), null)?.id).toBe("beta");
    expect(soughtIn(items, typed("b"), "beta")?.id).toBe("Bravo");
    expect(soughtIn(items, typed("b", "r"), "beta")?.id).toBe("Bravo");
    expect(soughtIn(items, typed("b", "e", "t", "a", "m"), "beta")?.id).toBe("betamax");
    expect(soughtIn(items, typed("x"), null)).toBeNull();
  });

  it("begin anew after a pause", () => {
    expect(seek({ text: "be", at: 0 }, "a", 2_000)).toEqual({ text: "a", at: 2_000 });
  });
});

test("how full Drive is", () => {
  const info = { root: "r", used: 80, quota: 100, binned: 0, tight: true, requests: 0 };
  expect(usageOf(info)).toEqual({ part: 0.8, fullness: "tight" });
  expect(usageOf({ ...info, used: 120 })).toEqual({ part: 1, fullness: "full" });
  expect(usageOf({ ...info, tight: false })?.fullness).toBe("roomy");
  expect(usageOf({ ...info, quota: null })).toBeNull();
  expect(usageOf({ ...info, quota: 0 })?.fullness).toBe("full");
});

describe("files by their names", () => {
  it("never shows HTML or what nobody knows as a page", () => {
    expect(lookOf(item("a.html"))).toBe("text");
    expect(lookOf(item("a.svg"))).toBe("image");
    expect(lookOf(item("a.tiff"))).toBe("unknown");
    expect(lookOf(item("A.CSV"))).toBe("table");
    expect(lookOf(item("LICENSE"))).toBe("text");
    expect(lookOf(item("x.zip"))).toBe("unknown");
    expect(lookOf(item("pipe", { kind: "other" }))).toBe("unknown");
    expect(faceOf(item("a.png", { kind: "folder" }))).toBe("folder");
  });

  it("knows text, also one that is cut within a letter", () => {
    const bytes = new TextEncoder().encode("aé");
    expect(textOf(bytes, false)).toBe("aé");
    expect(textOf(bytes.subarray(0, 2), true)).toBe("a");
    expect(textOf(bytes.subarray(0, 2), false)).toBeNull();
    expect(textOf(new Uint8Array([65, 0, 66]), false)).toBeNull();
  });
});

test("home begins with what runs, then what ran meanwhile, then what was opened", () => {
  const ended = { state: "error", ended_at: "2026-01-02T00:00:00Z", error: "ValueError" } as const;
  const ran: readonly FoundItem[] = [
    item("going", { running: true }),
    { ...item("failed", { live: true }), run: ended },
    { ...item("both"), run: { ...ended, state: "ok" } },
  ];
  const recent = [item("last"), item("both"), item("live", { live: true })];
  const ordered = homeOrder(ran, recent);
  expect(ordered.map(({ id }) => id)).toEqual(["going", "failed", "both", "last", "live"]);
  expect([...homeHeads(ordered)]).toEqual([
    [0, "running"],
    [1, "away"],
    [3, "recent"],
  ]);
});

describe("lines of a list", () => {
  const rows = new Rows(1000, 44, [
    { line: 0, above: 44, below: 0 },
    { line: 3, above: 0, below: 32 },
    { line: 4, above: 44, below: 56 },
  ]);

  it("stand one below the other, whatever is between them", () => {
    expect([0, 1, 3, 4, 5].map((line) => rows.top(line))).toEqual([44, 88, 176, 296, 396]);
    expect([0, 3, 4, 5].map((line) => rows.heightOf(line))).toEqual([44, 76, 100, 44]);
    expect(rows.total).toBe(1000 * 44 + 176);
    for (let line = 0; line < 1000; line += 1) {
      expect(rows.lineAt(rows.top(line))).toBe(line);
      expect(rows.lineAt(rows.top(line) + rows.heightOf(line) - 1)).toBe(line);
    }
  });

  it("are few or none", () => {
    expect(new Rows(0, 44, []).lineAt(100)).toBe(0);
    expect(new Rows(0, 44, []).total).toBe(0);
  });

  const box = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom });

  it("are touched by a rectangle wherever it reaches", () => {
    const list = { rows, columns: 1, step: 800, gap: 0 };
    expect(touched(box(10, 50, 20, 90), list)).toEqual([0, 1]);
    expect(touched(box(10, 255, 20, 280), list)).toEqual([]);
    expect(touched(box(10, -90, 20, -1), list)).toEqual([]);
    expect(touched(box(10, rows.total + 1, 20, rows.total + 9), list)).toEqual([]);
  });

  it("of cards are touched by columns", () => {
    const cards = { rows: new Rows(3, 196, []), columns: 4, step: 196, gap: 12 };
    expect(touched(box(190, 100, 300, 250), cards)).toEqual([1, 5]);
    expect(touched(box(0, 0, 200, 10), cards)).toEqual([0, 1]);
    expect(touched(box(185, 185, 195, 195), cards)).toEqual([]);
  });
});

test("words of a search are marked in what was found, and nothing is taken for an expression", () => {
  const marked = (text: string, words: string) =>
    markedParts(text, words).map((part) => (part.marked ? `[${part.text}]` : part.text));
  expect(marked("Load the TITANIC titanics", "titanic load")).toEqual([
    "[Load]",
    " the ",
    "[TITANIC]",
    " ",
    "[titanic]",
    "s",
  ]);
  expect(marked("f(x) = [a-z]+", "f( [a-z]+")).toEqual(["[f(]", "x) = ", "[[a-z]+]"]);
  expect(marked("pandas", "pan pandas")).toEqual(["[pandas]"]);
  expect(marked("none", " ")).toEqual(["none"]);
});

describe("a notebook to read", () => {
  it("is its sources, and what its outputs say", () => {
    const text = JSON.stringify({
      cells: [
        { cell_type: "markdown", source: ["# A\n", "b"] },
        {
          cell_type: "code",
          source: "1",
          execution_count: 3,
          outputs: [
            { output_type: "stream", text: ["\u001b[31mred\u001b[0m"] },
            { output_type: "error", ename: "E", evalue: "v" },
            { output_type: "display_data", data: { "image/png": "x", "text/plain": "<Figure>" } },
            { output_type: "display_data", data: { "text/html": "<script>" } },
            7,
          ],
        },
        { cell_type: "other" },
        null,
      ],
    });
    const cells = readNotebook(text);
    expect(cells?.map(({ kind, source, count }) => [kind, source, count])).toEqual([
      ["markdown", "# A\nb", null],
      ["code", "1", 3],
    ]);
    expect(cells?.[1]?.outputs).toEqual([
      { text: "red", bad: false, shown: null },
      { text: "E: v", bad: true, shown: null },
      { text: "<Figure>", bad: false, shown: "image/png" },
    ]);
  });

  it("is none for anything else", () => {
    for (const text of ["", "{}", "[]", "null", '{"cells": 1}', "{"]) expect(readNotebook(text)).toBeNull();
  });
});
