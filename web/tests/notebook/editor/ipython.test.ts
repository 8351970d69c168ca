import { type Tree, TreeFragment } from "@lezer/common";
import { describe, expect, it } from "vitest";

import { tokensOf } from "../../../src/notebook/editor/highlight";
import { ipythonLanguage } from "../../../src/notebook/editor/ipython";
import { fetchLanguage } from "../../../src/notebook/editor/languages";

/** Every piece that has a look, as `look:text`. */
const looks = (source: string) =>
  tokensOf(source, ipythonLanguage).flatMap(({ text, classes }) =>
    classes === "" ? [] : [`${classes.replace("tok-", "")}:${text}`],
  );

/** Every node with its place, those within magics too. */
function namesIn(tree: Tree): readonly string[] {
  const names: string[] = [];
  tree.iterate({ enter: ({ name, from, to }) => void names.push(`${name} ${from}-${to}`) });
  return names;
}

describe("the colours of a cell", () => {
  it("say the whole text, in its order", () => {
    for (const source of ["", "x", "!ls\n\nx = 1\n", "%%bash\nls\n", "def f(:\n  !x"]) {
      expect(
        tokensOf(source, ipythonLanguage)
          .map(({ text }) => text)
          .join(""),
      ).toBe(source);
    }
  });

  it("are those of Python around a magic", () => {
    expect(looks("if x:\n    !ls -a\nelse:\n    y = %time 1 + 2\nreturn None")).toEqual([
      "keyword:if",
      "meta:!",
      "function:-a",
      "keyword:else",
      "meta:%",
      "meta:time",
      "number:1",
      "number:2",
      "keyword:return",
      "number:None",
    ]);
  });

  it("know Python 3.13", () => {
    const source =
      'type P[T] = list[T]\nmatch x:\n  case {"a": 1}: f"{x!r:>{w}} {d["k"]}"\nasync def g[T: int](): await h';
    const found = looks(source);
    for (const look of [
      "keyword:type",
      "keyword:match",
      "keyword:case",
      "keyword:async",
      "function:g",
      "keyword:await",
    ])
      expect(found, look).toContain(look);
  });

  it("are those of the body's language once that is fetched", async () => {
    await fetchLanguage("sql");
    await fetchLanguage("html");
    expect(looks("%%sql\nselect 1 from t")).toEqual([
      "meta:%%",
      "meta:sql",
      "keyword:select",
      "number:1",
      "keyword:from",
    ]);
    expect(looks("%%html\n<b>x</b>")).toContain("keyword:b");
    expect(looks("%%writefile a.py\ndef f(): pass")).toEqual([
      "meta:%%",
      "meta:writefile",
      "keyword:def",
      "function:f",
      "keyword:pass",
    ]);
  });

  it("are the same after an edit as from the beginning", () => {
    const begin = 'x = 1\n!ls -a\ns = """\n%time x\n"""\ny = [\n 1\n % 2]\n%time f(1)\nz = 3\n';
    const edits: [number, number, string][] = [
      [0, 0, '"""'],
      [0, 5, "f("],
      [6, 7, ""],
      [0, 0, "%%bash\n"],
      [begin.indexOf("["), begin.indexOf("[") + 1, ""],
    ];
    const tree = ipythonLanguage.parser.parse(begin);
    for (const [from, to, insert] of edits) {
      const after = begin.slice(0, from) + insert + begin.slice(to);
      const changed = [{ fromA: from, toA: to, fromB: from, toB: from + insert.length }];
      const fragments = TreeFragment.applyChanges(TreeFragment.addTree(tree), changed);
      const again = ipythonLanguage.parser.parse(after, fragments);
      expect(namesIn(again), after).toEqual(namesIn(ipythonLanguage.parser.parse(after)));
    }
  });

  it("go to the end of a long cell", () => {
    const line = "value = compute(1, 'two', [3, 4])\n";
    const found = looks(`%matplotlib inline\n${line.repeat(5_000)}!ls -a`);
    expect(found).toHaveLength(2 + 5_000 * 4 + 2);
    expect(found.slice(-2)).toEqual(["meta:!", "function:-a"]);
  });
});
