import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { defines, explain } from "../../../src/notebook/outputs/explain";
import { compiledHash } from "../../../src/notebook/outputs/murmur";
import { type Group, readTraceback, whereOf } from "../../../src/notebook/outputs/traceback";
import { stripAnsi } from "../../../src/runs/ansi";
import type { ErrorOutput } from "../../../src/wire/types";

type Raised = Omit<ErrorOutput, "t" | "id">;
/** What IPython 9 gave for real errors. */
const RAISED = JSON.parse(
  readFileSync(new URL("./fixtures/tracebacks.json", import.meta.url), "utf8"),
) as readonly Raised[];

const error = (at: number): ErrorOutput => ({ t: "error", id: "o", ...(RAISED[at] as Raised) });
const named = (ename: string, evalue: string): ErrorOutput => ({ t: "error", id: "o", ename, evalue, traceback: [] });
const said = (groups: readonly Group[]) =>
  groups.map((group) => (group.t === "note" ? group.text : `${group.frames.length} in ${group.library ?? "own"}`));

test("of an error in the person's own code the last frame comes first, the others are folded", () => {
  const { first, folded, foldedFrames } = readTraceback(error(0));
  expect(first.map(({ heading, where }) => [heading, where])).toEqual([
    ["Cell In[1], line 2, in f(x)", { t: "cell", count: 1, line: 2 }],
  ]);
  expect(stripAnsi(first[0]?.source ?? "")).toContain("----> 2     return 1/x");
  expect([said(folded), foldedFrames]).toEqual([["1 in own"], 1]);
});

test("of an error in a library the last frame of the person's own is shown too, and the library's are a group", () => {
  const { first, folded, foldedFrames } = readTraceback(error(2));
  expect(first.map(({ library, where }) => [library, where?.t])).toEqual([
    [null, "cell"],
    ["pandas", "file"],
  ]);
  expect(said(folded)).toEqual([
    "5 in pandas",
    "KeyError: 'b'",
    "The above exception was the direct cause of the following exception:",
    "1 in pandas",
  ]);
  expect(foldedFrames).toBe(6);
});

test("a syntax error shows its line with the caret, and its message once", () => {
  const { first, folded } = readTraceback(error(1));
  expect(stripAnsi(first[0]?.source ?? "")).toBe("    x = = 1\n        ^");
  expect([first[0]?.where, folded]).toEqual([{ t: "cell", count: 2, line: 1 }, []]);
  expect(stripAnsi(readTraceback(error(6)).first[0]?.source ?? "")).toContain("^");
});

test("an exception that was caused by another says so between them", () => {
  expect(said(readTraceback(error(3)).folded)).toEqual([
    "1 in own",
    "ZeroDivisionError: division by zero",
    "The above exception was the direct cause of the following exception:",
  ]);
});

test("an error without a traceback, and one of another kernel, have no frames", () => {
  expect(readTraceback({ ...error(0), traceback: [] })).toEqual({ first: [], folded: [], foldedFrames: 0 });
  const other = readTraceback({ ...error(0), ename: "Error", evalue: "no", traceback: ["at f (file.js:1:2)"] });
  expect(other.first).toEqual([]);
});

test("places are read in all the ways that kernels write them", () => {
  expect(whereOf("Input In [3], in <cell line: 7>()")).toEqual({ t: "cell", count: 3, line: 7 });
  expect(whereOf('File "/tmp/ipykernel_12/3405691582.py", line 3')).toEqual({
    t: "compiled",
    hash: 3405691582,
    line: 3,
  });
  expect(whereOf("File ~/work/tools.py:12, in load(path)")).toEqual({ t: "file", path: "~/work/tools.py", line: 12 });
  expect(whereOf("somewhere")).toBeNull();
});

test("a cell is known by the name that ipykernel gives to its code", () => {
  // As ipykernel.compiler.murmur2_x86 says.
  const known: Readonly<Record<string, number>> = {
    "": 3990065800,
    a: 2167009006,
    ab: 2805137849,
    abc: 3350977461,
    abcd: 804720481,
    "x = 1\nprint(x)": 4252719672,
    "é𝄞 text": 2456411513,
  };
  for (const [source, hash] of Object.entries(known)) expect(compiledHash(source)).toBe(hash);
});

test("what is known of an error is said with one thing to do", () => {
  expect(explain(error(4))).toEqual({ t: "install", package: "nopkg" });
  expect(explain(named("ModuleNotFoundError", "No module named 'sklearn.svm'"))).toMatchObject({
    package: "scikit-learn",
  });
  expect(explain(named("ModuleNotFoundError", "No module named 'constructor'"))).toMatchObject({
    package: "constructor",
  });
  expect(explain(named("ValueError", "No module named 'x'"))).toBeNull();
  expect(explain(named("ModuleNotFoundError", "No module named 'a; rm -rf /'"))).toMatchObject({ package: "a" });
  expect(explain(error(5))).toEqual({ t: "undefined", name: "undefined_name" });
  expect(explain(named("OutOfMemoryError", "CUDA out of memory."))).toEqual({ t: "memory", device: "gpu" });
  expect(explain(named("MemoryError", ""))).toEqual({ t: "memory", device: "cpu" });
});

test("a cell that would define a name is found by a look at its source", () => {
  const defining = [
    "def df(): ...",
    "async def df(): ...",
    "class df:",
    "df = 1",
    "a, df = 1, 2",
    "(df, b) = 1, 2",
    "df: int = 1",
    "import df",
    "import pandas as df",
    "from x import y, df",
    "for df in range(3):",
    "with open('x') as df:",
  ];
  for (const source of defining) expect([source, defines(`x = 0\n${source}`, "df")]).toEqual([source, true]);
  const using = [
    "df.head()",
    "print(df)",
    "df == 1",
    "df += 1",
    "x.df = 1",
    "f(df=1)",
    "adf = 1",
    "for x in df:",
    "dfx = 1",
  ];
  for (const source of using) expect([source, defines(source, "df")]).toEqual([source, false]);
});
