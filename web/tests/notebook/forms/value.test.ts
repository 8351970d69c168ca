import { execFileSync } from "node:child_process";

import { describe, expect, test } from "vitest";

import { type Field, readForm } from "../../../src/notebook/forms/grammar";
import { readLiteral, writeString } from "../../../src/notebook/forms/literal";
import { literalFor, shownOf } from "../../../src/notebook/forms/value";

function fieldsOf(source: string): readonly Field[] {
  return (readForm(source)?.rows ?? []).filter((row) => row.t === "field");
}

function fieldOf(source: string): Field {
  const [field] = fieldsOf(source);
  if (field === undefined) throw new Error(`no field in ${source}`);
  return field;
}

test.each([
  ["'a'", "a"],
  ['"a"', "a"],
  ["'''a'''", "a"],
  ['"""a "b" c"""', 'a "b" c'],
  ["'it\\'s'", "it's"],
  ["'\\n\\t\\\\\\x41\\u00e9\\U0001F600\\101\\0'", "\n\t\\Aé😀A\0"],
  ["'\\d'", "\\d"],
  ["r'\\n'", "\\n"],
  ["u'x'", "x"],
  ["B'\\xff\\u0041'", "ÿ\\u0041"],
  ["f'{{x}}'", "{x}"],
  ["''", ""],
  ["f'{x}'", null],
  ["'\\N{DASH}'", null],
  ["'\\x4'", null],
  ["'\\U00110000'", null],
  ["'a' 'b'", null],
  ["'a", null],
  ["'''a'", null],
  ["x'a'", null],
  ["'a'.b", null],
])("the string %s", (code, text) => {
  const literal = readLiteral(code);
  expect(literal?.t === "string" ? literal.text : null).toBe(text);
});

test.each([
  ["0", "0", true],
  ["-12", "-12", true],
  ["+3", "3", true],
  ["- 3", "-3", true],
  ["1_000_000", "1000000", true],
  ["0xFf", "255", true],
  ["-0b101", "-5", true],
  ["0o17", "15", true],
  ["00", "0", true],
  ["123456789012345678901234567890", "123456789012345678901234567890", true],
  ["1.5", "1.5", false],
  ["1.", "1.", false],
  [".5", ".5", false],
  ["1_0.2_5e-1_0", "10.25e-10", false],
  ["1E5", "1e5", false],
])("the number %s", (code, text, integer) => {
  expect(readLiteral(code)).toEqual({ t: "number", text, integer });
});

test.each(["1j", "1__0", "_1", "007", "1e", "0x", "1-2", "nan", "1 2", "", "true", "(1)", "--1"])(
  "no literal: %j",
  (code) => {
    expect(readLiteral(code)).toBeNull();
  },
);

test.each([
  ["'old'", "it's", "'it\\'s'"],
  ['"old"', "it's", '"it\'s"'],
  ["r'old'", "a\\b", "r'a\\b'"],
  ["r'old'", "end\\", "'end\\\\'"],
  ["rb'old'", "é", "b'\\xe9'"],
  ["f'old'", "{x}", "f'{{x}}'"],
  ["'''old'''", "two\nlines", "'''two\\nlines'''"],
  ["b'old'", "😀", "b'\\xf0\\x9f\\x98\\x80'"],
])("in the manner of %s, %j is %s", (old, text, code) => {
  const literal = readLiteral(old);
  expect(writeString(text, literal?.t === "string" ? literal.style : null)).toBe(code);
});

describe("what a control shows and writes", () => {
  test.each([
    ['x = None #@param {type:"string"}', "None", false, "a", '"a"'],
    ["x = 'a' #@param {type:\"string\"}", "a", true, 'say "hi"', "'say \"hi\"'"],
    ['x = f(1) #@param {type:"string"}', "f(1)", false, "", '""'],
    ['x = 1_000 #@param {type:"number"}', "1000", true, "0012.50", "12.50"],
    ['x = 1.5 #@param {type:"integer"}', "1.5", false, "2", "2"],
    ['x = 5 #@param {type:"slider", max:3}', "5", false, "3", "3"],
    ['x = 0.3 #@param {type:"slider", max:1, step:0.1}', "0.3", true, "1", "1"],
    ['x = \'b\' #@param ["a", "b"]', "b", true, "a", "'a'"],
    ['x = \'c\' #@param ["a", "b"]', "c", false, "a", "'a'"],
    ["x = 'c' #@param [\"a\"] {allow-input:true}", "c", true, "d", "'d'"],
    ['x = 1 #@param [1, "a"]', "1", true, "a", '"a"'],
    ['x = y #@param [1, "y"] {type:"raw"}', "y", true, "1", "1"],
    ['x = 0 #@param {type:"boolean"}', "0", false, "True", "True"],
    ['x = "2020-01-02" #@param {type:"date"}', "2020-01-02", true, "", '""'],
    ['x = "today" #@param {type:"date"}', "today", false, "2020-01-02", '"2020-01-02"'],
    ["x = '' #@param", "''", true, "[1, '#']", "[1, '#']"],
  ])("%s", (source, text, fits, chosen, code) => {
    const field = fieldOf(source);
    expect(shownOf(field)).toEqual({ text, fits });
    expect(literalFor(field, chosen)).toBe(code);
  });

  test.each([
    ['x = 1 #@param {type:"number"}', ["", "a", "1,5", "0x1", "NaN", "1e", "1\n2"]],
    ['x = 1 #@param {type:"integer"}', ["1.5", "1e3", ""]],
    ['x = "" #@param {type:"date"}', ["2020", "x", "2020-01-02 "]],
    ['x = True #@param {type:"boolean"}', ["true", ""]],
    ["x = 'a' #@param [\"a\"]", ["b", ""]],
    ["x = 1 #@param", ["", " ", "1 # 2", "a\nb", "'open", "f(", "f)", "[1)", "1 \\"]],
  ])("%s takes none of %j", (source, texts) => {
    for (const text of texts) expect(literalFor(fieldOf(source), text)).toBeNull();
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

const SIGNS = [
  "a",
  "é",
  "😀",
  "'",
  '"',
  "\\",
  "\n",
  "\t",
  "\r",
  "{",
  "}",
  "#",
  "@",
  " ",
  "\0",
  "\x7f",
  "\u2028",
  "N",
  "x",
  "0",
];
const STARTS = ["'", '"', "'''", '"""', "r'", 'R"', "b'", 'rb"', "f'", "u'", "None", "1", "Rb'''"];

describe("the round trip: what is written is read again, and the rest of the source is the same", () => {
  test("of texts in every style", () => {
    const pick = chance(7);
    for (let round = 0; round < 3_000; round += 1) {
      const start = STARTS[pick(STARTS.length)] ?? "";
      const old = /['"]/.test(start) ? start + start.replace(/^\w+/, "") : start;
      const before = `# it's "\n#@title T\nfirst = 1 #@param\n`;
      const after = ` #@param {type:"string"}\nlast = 'é' #@param {type:"string"}\n`;
      const source = `${before}x = ${old}${after}`;
      const [, field] = fieldsOf(source);
      if (field === undefined) throw new Error(source);
      const bytes = /b/i.test(start);
      const text = Array.from({ length: pick(8) }, () => SIGNS[pick(bytes ? 2 : SIGNS.length)] ?? "")
        .join("")
        .replace(bytes ? /😀/g : /$^/, "");
      const code = literalFor(field, text);
      const next = source.slice(0, field.from) + (code ?? "") + source.slice(field.to);
      const [first, again, last, ...more] = fieldsOf(next);
      expect([code, more]).toEqual([expect.any(String), []]);
      expect(again?.literal).toMatchObject({ t: "string", text });
      expect([first?.name, last?.name]).toEqual(["first", "last"]);
      expect(next.startsWith(`${before}x = `) && next.endsWith(after)).toBe(true);
      expect(next.split("\n")).toHaveLength(source.split("\n").length);
    }
  });

  test("of numbers", () => {
    const pick = chance(11);
    for (let round = 0; round < 1_000; round += 1) {
      const number = (pick(2_000_000) - 1_000_000) / 10 ** pick(9);
      const field = fieldOf(`x = ${pick(100)} #@param {type:"number"}`);
      const code = literalFor(field, String(number));
      const literal = readLiteral(code ?? "");
      expect(literal?.t === "number" ? Number(literal.text) : null).toBe(number);
    }
  });

  test("Python reads the same text", () => {
    const pick = chance(3);
    const texts = Array.from({ length: 200 }, () =>
      Array.from({ length: pick(9) }, () => SIGNS[pick(SIGNS.length)]).join(""),
    );
    const style = (index: number) => readLiteral(["''", '""', '""""""', "r''", "f''", "u''"][index % 6] ?? "");
    const codes = texts.map((text, index) => {
      const like = style(index);
      return writeString(text, like?.t === "string" ? like.style : null);
    });
    const program = "import sys, json; print(json.dumps([eval(code) for code in json.load(sys.stdin)]))";
    const answer = execFileSync("python3", ["-c", program], { input: JSON.stringify(codes), encoding: "utf8" });
    expect(JSON.parse(answer)).toEqual(texts);
  });
});
