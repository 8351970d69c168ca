import { describe, expect, test } from "vitest";

import { collapsedSections, colabWith, isHeadingCollapsed } from "../../src/doc/folding";
import { headingsOf, sameAnchor } from "../../src/doc/headings";
import { cellsIn, foldedAround, hiddenBy, movedBefore, outlineOf, sectionAt } from "../../src/doc/sections";

describe("headings", () => {
  test.each<[string, string]>([
    ["# One", "1 One @0"],
    ["###### Six ##", "6 Six @0"],
    ["####### seven", ""],
    ["#hash", ""],
    ["#", "1  @0"],
    ["# ", "1  @0"],
    ["   ## Three spaces", "2 Three spaces @0"],
    ["    # code", ""],
    ["text\n# After\r\n", "1 After @1"],
    ["```\n# in a fence\n```\n# out", "1 out @3"],
    ["~~~py\n```\n# in\n~~~\n# out", "1 out @4"],
    ["````\n```\n# in\n````", ""],
    ["```\n# never closed", ""],
    ["``` inline ```\n# out", "1 out @1"],
    ["Title\n=====\nSub\n---", "1 Title @0, 2 Sub @2"],
    ["two\nlines\n===", "1 two lines @0"],
    ["\n---\n# A", "1 A @2"],
    ["- item\n---", ""],
    ["| a | b |\n---", ""],
    ["> quote\n---", ""],
    ["para\n\n---", ""],
    ["<h2 align='center'>Tag</h2>", "2 Tag @0"],
    ["<center><h1>Both</h1></center>", "1 Both @0"],
    ["<header>no</header>", ""],
    ["<!-- # hidden\n# hidden -->\n# Seen", "1 Seen @2"],
    ["<!-- one line -->\n# Seen", "1 Seen @1"],
    ["# **Bold** and *it* and `co_de` and [link](http://x) &amp; <b>b</b>", "1 Bold and it and co_de and link & b @0"],
    ["# snake_case_name \\# and 2 * 3 * 4", "1 snake_case_name # and 2 * 3 * 4 @0"],
    ["# ![](x.png) Picture", "1 Picture @0"],
    ["text # no", ""],
    ["", ""],
  ])("%j", (source, wanted) => {
    expect(
      headingsOf(source)
        .map(({ level, text, line }) => `${level} ${text} @${line}`)
        .join(", "),
    ).toBe(wanted);
  });

  test.each([
    ["My Heading", "My-Heading", true],
    ["My Heading", "my-heading", true],
    ["What's new?", "whats-new", true],
    ["What's new?", "What's-new?", true],
    ["A & B", "A-&-B", true],
    ["数据 集", "数据-集", true],
    ["My Heading", "my-other", false],
    ["1.2 Setup", "1.2-Setup", true],
  ])("the anchor of %j may be %j: %s", (text, anchor, same) => {
    expect(sameAnchor(text, anchor)).toBe(same);
  });
});

/** `"1 2 . 3 ."`: headings of these levels, and cells without. Ids are a, b, c, ... */
function outline(text: string) {
  const cells = text.split(" ").map((sign, index) => ({
    id: String.fromCharCode(97 + index),
    headings: sign === "." ? [] : sign.split("+").map((level, line) => ({ level: Number(level), text: sign, line })),
  }));
  return outlineOf(cells);
}

describe("lines that are made to take long", () => {
  const many = 20_000;
  test.each([
    `# ${" ".repeat(many)}\u2028`,
    `# ${"[".repeat(many)}`,
    `# ${"`".repeat(many)}x`,
    `# ${"*a ".repeat(many)}`,
    `# ${"#".repeat(many)}x`,
    `# ${"</a ".repeat(many)}`,
    `${"=".repeat(many)}x`,
    `<h1>${"<p ".repeat(many)}`,
    `<!-- ${" ".repeat(many)} -->`,
  ])("are read at once", (line) => {
    const began = performance.now();
    headingsOf(`${line}\n# Next`);
    expect(performance.now() - began).toBeLessThan(500);
    expect(headingsOf(`${line}\n# Next`).at(-1)).toEqual({ level: 1, text: "Next", line: 1 });
  });
});

describe("sections", () => {
  test.each([
    [". . .", {}],
    ["1 . .", { a: "abc" }],
    [". 1 . 1 .", { b: "bc", d: "de" }],
    ["1 2 . 3 . 2 1", { a: "abcdef", b: "bcde", d: "de", f: "f", g: "g" }],
    ["3 2 1", { a: "a", b: "b", c: "c" }],
    ["1+2 . 2 .", { a: "abcd", c: "cd" }],
    ["2+1 . 2 .", { a: "ab", c: "cd" }],
  ])("of %s", (text, wanted) => {
    const made = outline(text);
    const found = Object.fromEntries([...made.sections.keys()].map((id) => [id, cellsIn(made, id).join("")]));
    expect(found).toEqual(wanted);
  });

  test.each([
    ["1 . . 1 .", "a", "b:a c:a"],
    ["1 2 . 2 .", "b", "c:b"],
    ["1 2 . 2 .", "ab", "b:a c:a d:a e:a"],
    ["1 2 . 2 .", "bd", "c:b e:d"],
    ["1 .", "bz", ""],
    [". 1", "b", ""],
  ])("of %s, when %s are folded", (text, folded, wanted) => {
    const found = hiddenBy(outline(text), new Set(folded));
    expect([...found].map(([id, by]) => `${id}:${by}`).join(" ")).toBe(wanted);
  });

  test("the way to a hidden cell opens the sections around it, and no other", () => {
    const made = outline("1 2 . 2 . 1 .");
    expect(foldedAround(made, new Set("abdf"), "c")).toEqual(["a", "b"]);
    expect(foldedAround(made, new Set("abdf"), "a")).toEqual([]);
    expect(sectionAt(made, "c")?.id).toBe("b");
    expect(sectionAt(made, "d")?.parent?.id).toBe("a");
    expect(sectionAt(outline(". 1"), "a")).toBeNull();
  });

  test.each([
    ["abcdef", "bc", "f", "adebcf"],
    ["abcdef", "bc", null, "adefbc"],
    ["abcdef", "ef", "a", "efabcd"],
    ["abcdef", "bc", "c", "abcdef"],
    ["abcdef", "bc", "d", "abcdef"],
    ["abcdef", "bc", "z", "abcdef"],
  ])("of %s, %s moved before %s", (order, moved, before, wanted) => {
    expect(movedBefore(Array.from(order), Array.from(moved), before).join("")).toBe(wanted);
  });
});

/** Numbers from a seed: the same sequence each time. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("of any notebook: sections nest, none is lost, and a cell is hidden exactly when a section around it is folded", () => {
  const pick = chance(5);
  for (let round = 0; round < 500; round += 1) {
    const text = Array.from({ length: 1 + pick(24) }, () => (pick(2) === 0 ? "." : String(1 + pick(6)))).join(" ");
    const made = outline(text);
    const folded = new Set(made.order.filter(() => pick(3) === 0));
    const hidden = hiddenBy(made, folded);
    for (const section of made.sections.values()) {
      const { parent } = section;
      expect(section.from).toBeLessThan(section.to);
      if (parent === null) continue;
      expect(parent.level).toBeLessThan(section.level);
      expect([parent.from < section.from, section.to <= parent.to]).toEqual([true, true]);
    }
    for (const id of made.order) {
      expect(hidden.has(id)).toBe(foldedAround(made, folded, id).length > 0);
      const by = hidden.get(id);
      if (by !== undefined) expect([folded.has(by), hidden.has(by)]).toEqual([true, false]);
      const opened = new Set([...folded].filter((other) => !foldedAround(made, folded, id).includes(other)));
      expect(hiddenBy(made, opened).has(id)).toBe(false);
    }
    const one = made.order[pick(made.order.length)] ?? "";
    const target = pick(4) === 0 ? null : (made.order[pick(made.order.length)] ?? null);
    const next = movedBefore(made.order, cellsIn(made, one), target);
    expect([...next].sort()).toEqual([...made.order].sort());
  }
});

test("what is folded is kept as Colab keeps it, and what else it keeps there stays", () => {
  const notebook = { colab: { provenance: [], collapsed_sections: ["a", 1, "gone"] } };
  expect(collapsedSections(notebook)).toEqual(["a", "gone"]);
  expect(colabWith(notebook, ["b", "a"], true)).toEqual({ provenance: [], collapsed_sections: ["gone", "b", "a"] });
  expect(colabWith(notebook, ["a", "gone"], false)).toEqual({ provenance: [] });
  expect(colabWith({}, ["a"], true)).toEqual({ collapsed_sections: ["a"] });
  expect(colabWith({ colab: { collapsed_sections: ["a"] } }, ["a"], false)).toBeUndefined();
  expect(colabWith({ colab: "odd" }, ["a"], true)).toEqual({ collapsed_sections: ["a"] });
  expect([{ heading_collapsed: true }, { heading_collapsed: "true" }, {}].map(isHeadingCollapsed)).toEqual([
    true,
    false,
    false,
  ]);
});
