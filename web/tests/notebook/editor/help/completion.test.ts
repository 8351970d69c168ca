import { CompletionContext } from "@codemirror/autocomplete";
import { python } from "@codemirror/lang-python";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";

import { callAt } from "../../../../src/notebook/editor/help/call";
import { completionSource, kindOf } from "../../../../src/notebook/editor/help/completion";
import type { Completions } from "../../../../src/wire/types";

/** `|` is the caret. */
function at(text: string): { state: EditorState; pos: number } {
  const pos = text.indexOf("|");
  return { state: EditorState.create({ doc: text.replace("|", ""), extensions: python() }), pos };
}

async function complete(text: string, answer: Completions | null, explicit = false) {
  const { state, pos } = at(text);
  const asked: [string, number][] = [];
  const source = completionSource((code, cursor) => {
    asked.push([code, cursor]);
    return Promise.resolve(answer);
  });
  return { result: await source(new CompletionContext(state, pos, explicit)), asked };
}

const found = (start: number, ...texts: string[]): Completions => ({
  t: "completions",
  start,
  end: start,
  items: texts.map((text) => ({ text, type: "function", signature: "" })),
  more: false,
});

test("the kernel is asked in code points, and its places are those of the editor", async () => {
  const { result, asked } = await complete("'𝄞𝄞'; df.he|", found(9, "head", "_hidden"));
  expect(asked).toEqual([["'𝄞𝄞'; df.he", 11]]);
  expect(result?.from).toBe(11);
  expect(result?.options.map(({ label, type, detail }) => [label, type, detail])).toEqual([
    ["head", "function", "function"],
    ["_hidden", "function", "function"],
  ]);
  expect(result?.options[1]?.boost).toBeLessThan(result?.options[0]?.boost ?? 0);
});

test.each([
  ["x|", true],
  ["df.|", true],
  ["%ti|", true],
  ["12|", false],
  ["# wor|", false],
  ["'wor|'", false],
  ["f(|)", false],
  ["|", false],
])("a list comes up by itself at %s: %s", async (text, comes) => {
  const { asked } = await complete(text, found(0));
  expect(asked.length === 1).toBe(comes);
});

test("asked for by hand it comes anywhere", async () => {
  const { asked } = await complete("open('da|')", found(6), true);
  expect(asked.length).toBe(1);
});

test("typing on narrows the list, unless there are more than were sent", async () => {
  const whole = await complete("pr|", found(0, "print"));
  expect(whole.result?.validFor).toBeInstanceOf(RegExp);
  const part = await complete("pr|", { ...found(0, "print"), more: true });
  expect(part.result?.validFor).toBeUndefined();
});

test("without the kernel there are the names of the cell and of the language", async () => {
  const { result } = await complete("prefix = 1\npr|", null);
  const labels = result?.options.map(({ label }) => label) ?? [];
  expect(labels).toContain("prefix");
  expect(labels).toContain("print");
  expect(new Set(labels).size).toBe(labels.length);
  expect((await complete("df.he|", null)).result).toBeNull();
});

test("every word of a kernel is a kind", () => {
  expect(["statement", "function", "method", "<unknown>", "module"].map(kindOf)).toEqual([
    "instance",
    "function",
    "function",
    "name",
    "module",
  ]);
});

test.each([
  ["f(|)", 1, 0, null],
  ["f(a, |)", 1, 1, null],
  ["f(a, b=|)", 1, 1, "b"],
  ["f(a == |)", 1, 0, null],
  ["f(g(1, 2|), 3)", 3, 1, null],
  ["f(g(1, 2), |3)", 1, 1, null],
  ["f([1, 2], |)", 1, 1, null],
  ["f('(', |)", 1, 1, null],
  ["f(|", 1, 0, null],
])("the call around %s", (text, open, index, keyword) => {
  const { state, pos } = at(text);
  expect(callAt(state, pos)).toEqual({ open, index, keyword });
});

test.each(["f()|", "|f()", "(1, |2)", "x = |1"])("%s: no call is around it", (text) => {
  const { state, pos } = at(text);
  expect(callAt(state, pos)).toBeNull();
});

test.each([
  ["!u|", ["uptime"]],
  ["files = !u|", ["uptime"]],
  ["%%bash\nu|", ["uptime"]],
  ["u|", ["%uv", "uptime"]],
  ["%u|", ["%uv", "uptime"]],
])("a magic is offered only where one can stand: %j", async (text, offered) => {
  const { result } = await complete(text, found(text.indexOf("|") - 1, "%uv", "uptime"), true);
  expect(result?.options.map(({ label }) => label)).toEqual(offered);
});
