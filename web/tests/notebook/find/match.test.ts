import { describe, expect, it } from "vitest";

import { contextOf, matchesIn, rebased, splicesIn } from "../../../src/notebook/find/match";
import { compile, type Query } from "../../../src/notebook/find/query";

const FIRST: Query = { text: "", matchCase: false, wholeWord: false, regex: false };

function patternOf(part: Partial<Query>): RegExp {
  const compiled = compile({ ...FIRST, ...part });
  if (compiled.t !== "ok") throw new Error(compiled.why);
  return compiled.pattern;
}

const found = (text: string, part: Partial<Query>) =>
  matchesIn(text, patternOf(part), 100).found.map(({ from, to }) => text.slice(from, to));

function replaced(text: string, part: Partial<Query>, by: string): string {
  const splices = splicesIn(text, patternOf(part), by, part.regex ?? false);
  return splices.toReversed().reduce((now, { from, to, insert }) => now.slice(0, from) + insert + now.slice(to), text);
}

describe("what is looked for", () => {
  it("is plain text in any case, with no sign that means anything", () => {
    expect(found("a.b A.B axb", { text: "a.b" })).toEqual(["a.b", "A.B"]);
    expect(found("a.b A.B", { text: "a.b", matchCase: true })).toEqual(["a.b"]);
    expect(found("f(x)[0] ${y} \\n | ^", { text: "f(x)[0] ${y} \\n | ^" })).toHaveLength(1);
  });

  it("is a whole word in every script", () => {
    expect(found("x ax x_1 x", { text: "x", wholeWord: true })).toEqual(["x", "x"]);
    expect(found("süd südlich", { text: "süd", wholeWord: true })).toEqual(["süd"]);
    expect(found("data 数据 数据库", { text: "数据", wholeWord: true })).toEqual(["数据"]);
  });

  it("is an expression by lines, with loose escapes too", () => {
    expect(found("ab\nac", { text: "^a.$", regex: true })).toEqual(["ab", "ac"]);
    expect(found("a-b a_b", { text: "a[\\-\\_]b", regex: true })).toEqual(["a-b", "a_b"]);
  });

  it("says what is wrong with one that is none", () => {
    expect(compile({ ...FIRST, text: "(", regex: true }).t).toBe("invalid");
    expect(compile({ ...FIRST, text: "(", regex: false }).t).toBe("ok");
  });

  it("never finds nothing, and counts what it does not hold", () => {
    expect(found("abc", { text: "x*", regex: true })).toEqual([]);
    const counted = matchesIn("aaaa", patternOf({ text: "a" }), 3);
    expect([counted.found.length, counted.count]).toEqual([3, 4]);
  });
});

describe("what is put in its place", () => {
  it("is as it is written for plain text", () => {
    expect(replaced("a a", { text: "a" }, "$1 \\n $&")).toBe("$1 \\n $& $1 \\n $&");
  });

  it("knows groups, names, the whole and signs in an expression", () => {
    const query = { text: "(\\w+)=(?<value>\\w+)", regex: true };
    expect(replaced("a=1 b=2", query, "$2:$1")).toBe("1:a 2:b");
    expect(replaced("a=1", query, "$<value>$$$&\\n\\t\\\\n")).toBe("1$a=1\n\t\\n");
    expect(replaced("a=1", query, "$10 $3 $0")).toBe("a0 $3 $0");
  });

  it("keeps a group that took no part empty", () => {
    expect(replaced("ac", { text: "a(b)?c", regex: true }, "[$1]")).toBe("[]");
  });
});

describe("splices of a text that others changed", () => {
  const splices = [
    { from: 0, to: 1, insert: "X" },
    { from: 4, to: 5, insert: "Y" },
  ];
  it("stay before the change, and move behind it", () => {
    expect(rebased(splices, "a--- b", "a--- b")).toEqual(splices);
    expect(rebased(splices, "a---b", "a-+++--b")).toEqual([splices[0], { from: 7, to: 8, insert: "Y" }]);
    expect(rebased(splices, "a---b", "a-b")).toEqual([splices[0], { from: 2, to: 3, insert: "Y" }]);
  });

  it("are dropped where the change is", () => {
    expect(rebased(splices, "a---b", "c---b")).toEqual([splices[1]]);
    expect(rebased(splices, "a---b", "")).toEqual([]);
  });
});

describe("what stands around a match", () => {
  it("is its line, without the indentation", () => {
    const text = "first\n    x = value + 1\nlast";
    const at = text.indexOf("value");
    expect(contextOf(text, { from: at, to: at + 5 })).toEqual({
      before: "x = ",
      match: "value",
      after: " + 1",
      line: 2,
    });
  });

  it("is cut where the line is long, and shows a line's end as a sign", () => {
    const text = `${"a".repeat(100)}x${"b".repeat(300)}`;
    const { before, after } = contextOf(text, { from: 100, to: 101 });
    expect([before, after.length]).toEqual([`…${"a".repeat(24)}`, 80]);
    expect(contextOf("a\nb", { from: 0, to: 3 }).match).toBe("a⏎b");
  });
});
