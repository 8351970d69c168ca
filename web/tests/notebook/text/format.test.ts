import { describe, expect, test } from "vitest";

import { type Action, format, type Range, type Samples } from "../../../src/notebook/text/format";

const SAMPLES: Samples = {
  bold: "B",
  italic: "I",
  code: "C",
  link: "L",
  address: "https://",
  formula: "F",
  column: "Col",
  cell: "T",
};

/** `<` and `>` stand for the ends of the selection, `|` for a caret. */
function read(marked: string): { readonly text: string; readonly range: Range } {
  const caret = marked.indexOf("|");
  if (caret !== -1) return { text: marked.replace("|", ""), range: { from: caret, to: caret } };
  const from = marked.indexOf("<");
  const text = marked.replace("<", "").replace(">", "");
  return { text, range: { from, to: marked.indexOf(">") - 1 } };
}

function press(action: Action, marked: string): string {
  const { text, range } = read(marked);
  const { changes, selection } = format(action, text, range, SAMPLES);
  let made = text;
  for (const { from, to, insert } of [...changes].reverse()) made = made.slice(0, from) + insert + made.slice(to);
  const { from, to } = selection;
  return from === to
    ? `${made.slice(0, from)}|${made.slice(from)}`
    : `${made.slice(0, from)}<${made.slice(from, to)}>${made.slice(to)}`;
}

test.each<[Action, string, string]>([
  ["bold", "a <b> c", "a **<b>** c"],
  ["bold", "a **<b>** c", "a <b> c"],
  ["bold", "a <**b**> c", "a <b> c"],
  ["bold", "a < b > c", "a  **<b>**  c"],
  ["bold", "|", "**<B>**"],
  ["bold", "*<b>*", "***<b>***"],
  ["italic", "**<b>**", "***<b>***"],
  ["italic", "***<b>***", "**<b>**"],
  ["italic", "<x>", "*<x>*"],
  ["italic", "*<x>*", "<x>"],
  ["code", "<x>", "`<x>`"],
  ["code", "p\n<x\ny>\nq", "p\n```\n<x\ny>\n```\nq"],
  ["code", "<```py\nx\n```>", "<x>"],
  ["latex", "|", "$<F>$"],
  ["latex", "<a\nb>", "$$\n<a\nb>\n$$"],
  ["link", "<x>", "[x](<https://>)"],
  ["link", "|", "[L](<https://>)"],
  ["link", "<http://a.b>", "[<L>](http://a.b)"],
  ["heading", "a|b", "# a|b"],
  ["heading", "# a|b", "## a|b"],
  ["heading", "### a|b", "a|b"],
  ["heading", "x\n|y", "x\n# |y"],
  ["heading", "|# a", "## |a"],
  ["quote", "<a\nb>", "<> a\n> b>"],
  ["bullets", "a|", "- a|"],
  ["bullets", "- a|", "a|"],
  ["bullets", "<1. a\n2. b>", "<- a\n- b>"],
  ["bullets", "<- [ ] a\n- b>", "<- a\n- b>"],
  ["numbers", "<a\n\n  b\nc>", "<1. a\n\n  2. b\n3. c>"],
  ["numbers", "<1. a\n2. b>", "<a\nb>"],
  ["tasks", "<- a\nb\n>c", "<- [ ] a\n- [ ] b>\nc"],
  ["tasks", "<- [x] a>", "<a>"],
  ["tasks", "|", "- [ ] |"],
  ["rule", "a|b", "ab\n\n---\n\n|"],
  ["rule", "a|\nb", "a\n\n---\n|\nb"],
  ["rule", "|", "---\n\n|"],
  ["table", "|", "| <Col 1> | Col 2 |\n| --- | --- |\n| T | T |\n\n"],
])("%s on %j gives %j", (action, before, after) => {
  // The table has signs of its own; its selection is looked at apart.
  if (action !== "table") {
    expect(press(action, before)).toBe(after);
    return;
  }
  const { changes, selection } = format(action, "", { from: 0, to: 0 }, SAMPLES);
  expect(changes[0]?.insert).toBe(after.replace(/[<>]/g, ""));
  expect(selection).toEqual({ from: 2, to: 7 });
});

describe("any press", () => {
  test("leaves the rest of the text alone, and what is selected within it", () => {
    const actions: readonly Action[] = [
      ...(["heading", "bold", "italic", "code", "link", "quote", "numbers"] as const),
      ...(["bullets", "tasks", "rule", "latex", "table"] as const),
    ];
    const pieces = ["a", " ", "\n", "**", "*", "`", "- ", "1. ", "# ", "> ", "$", "- [ ] ", "\n\n", "```"];
    let state = 1;
    const pick = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const wrong: object[] = [];
    for (let round = 0; round < 2_000; round += 1) {
      const text = Array.from({ length: pick(12) }, () => pieces[pick(pieces.length)] ?? "").join("");
      const [one, other] = [pick(text.length + 1), pick(text.length + 1)];
      const range = { from: Math.min(one, other), to: Math.max(one, other) };
      for (const action of actions) {
        const { changes, selection } = format(action, text, range, SAMPLES);
        const grown = changes.reduce((sum, { from, to, insert }) => sum + insert.length - (to - from), 0);
        const within = 0 <= selection.from && selection.from <= selection.to && selection.to <= text.length + grown;
        const inside = changes.every(({ from, to }) => from >= 0 && from <= to && to <= text.length);
        if (!within || !inside) wrong.push({ action, text, range, changes, selection });
      }
    }
    expect(wrong).toEqual([]);
  });
});
