import { describe, expect, test } from "vitest";

import { type Control, type Field, type Form, readForm } from "../../../src/notebook/forms/grammar";
import { LIMITS } from "../../../src/wire/types";

const formOf = (source: string): Form => readForm(source) ?? { title: null, rows: [], problems: [] };
const fieldsOf = (source: string): readonly Field[] => formOf(source).rows.filter((row) => row.t === "field");

/** What the control is, in a few letters: `slider 0..1/0.1`, `choice a|b`, `text`. */
function brief(control: Control): string {
  switch (control.t) {
    case "choice": {
      const labels = control.choices.map(({ label, writes }) => (writes.t === "code" ? `<${label}>` : label));
      return `choice ${labels.join("|")}${control.free === null ? "" : ` or ${control.free}`}`;
    }
    case "slider":
      return `slider ${control.min}..${control.max}/${control.step}`;
    case "number": {
      const { min = "", max = "", step = "" } = control;
      return `${control.integer ? "integer" : "number"}${min === "" && max === "" ? "" : ` ${min}..${max}`}${step === "" ? "" : `/${step}`}`;
    }
    case "text":
    case "raw":
    case "date":
      return control.t + (control.placeholder === "" ? "" : ` (${control.placeholder})`);
    case "boolean":
      return "boolean";
  }
}

describe("fields as notebooks have them", () => {
  test.each([
    ['text = "value" #@param {type:"string"}', "text", '"value"', "text"],
    ["text = 'value' # @param {type: 'string'}", "text", "'value'", "text"],
    ['text="value"#@param{type:"string"}', "text", '"value"', "text"],
    ['text = "value"  #  @param  {"type": "string"}', "text", '"value"', "text"],
    ['text = "" #@param {type:"string", placeholder:"a path"}', "text", '""', "text (a path)"],
    ['text = "" # @param {"type":"string","placeholder":"enter a value"}', "text", '""', "text (enter a value)"],
    ['prompt = "A \\"red\\" fox, 4k" #@param {type:"string"}', "prompt", '"A \\"red\\" fox, 4k"', "text"],
    ['colour = "#ff0000" #@param {type:"string"}', "colour", '"#ff0000"', "text"],
    ["path = r'C:\\data' #@param {type:\"string\"}", "path", "r'C:\\data'", "text"],
    ["url = 'http://x/#top' #@param {type:\"string\"}  ", "url", "'http://x/#top'", "text"],
    ["name: str = 'typed' #@param {type:\"string\"}", "name", "'typed'", "text"],
    ["model_path = '' #@param {type: \"string\",}", "model_path", "''", "text"],
    ['word = "x" #@param {type:string}', "word", '"x"', "text"],
    [
      'choice = \'1st option\' #@param ["1st option", "2nd option"]',
      "choice",
      "'1st option'",
      "choice 1st option|2nd option",
    ],
    ["choice = 'a' #@param ['a','b','c']", "choice", "'a'", "choice a|b|c"],
    ['choice = "a" #@param ["a", "b"] {allow-input: true}', "choice", '"a"', "choice a|b or string"],
    ['choice = "a" #@param ["a", "b"] {"allow-input":true}', "choice", '"a"', "choice a|b or string"],
    ['choice = "a" #@param ["a", "b"]{allow-input:false}', "choice", '"a"', "choice a|b"],
    ['choice = "[x]" #@param ["[x]", "a, b", "c]"]', "choice", '"[x]"', "choice [x]|a, b|c]"],
    [
      'choice = None #@param [1, "raw_input", "False", "\\"string\\""] {type:"raw"}',
      "choice",
      "None",
      'choice <1>|<raw_input>|<False>|<"string">',
    ],
    ['size = "B" # @param ["S", "B", "L",]', "size", '"B"', "choice S|B|L"],
    ["batch = 16 #@param [16, 32, 64]", "batch", "16", "choice <16>|<32>|<64>"],
    ['batch = 16 #@param ["16", "32"] {type:"raw"}', "batch", "16", "choice <16>|<32>"],
    ["rate = 1e-3 #@param [1e-2, 1e-3, .5, -1]", "rate", "1e-3", "choice <1e-2>|<1e-3>|<.5>|<-1>"],
    ["flag = True #@param [True, False]", "flag", "True", "choice <True>|<False>"],
    ["flag = None #@param [None, 1]", "flag", "None", "choice <None>|<1>"],
    ['flag = "True" #@param ["False", "True"] {type:"raw"}', "flag", '"True"', "choice <False>|<True>"],
    ['n = "1" #@param [1, 2] {type:"string"}', "n", '"1"', "choice 1|2"],
    [
      'pool = nn.Max() #@param ["nn.Max()", "nn.Mean(2)"] {type:"raw", allow-input:true}',
      "pool",
      "nn.Max()",
      "choice <nn.Max()>|<nn.Mean(2)> or raw",
    ],
    ['GPU = "T4" # @param ["T4","A100"] {"type":"string"}', "GPU", '"T4"', "choice T4|A100"],
    ['on = True #@param {type:"boolean"}', "on", "True", "boolean"],
    ["on = False # @param {type:'boolean'}", "on", "False", "boolean"],
    ['on=True#@param {"type":"boolean"}', "on", "True", "boolean"],
    ['    on = True #@param {type:"boolean"}', "on", "True", "boolean"],
    ['\ton = True\t#@param\t{type:"boolean"}', "on", "True", "boolean"],
    ['n = 10 #@param {type:"number"}', "n", "10", "number"],
    ['n = 10.5 #@param {type:"number"}', "n", "10.5", "number"],
    ['n = -1e-5 #@param {type:"number"}', "n", "-1e-5", "number"],
    ['n = 1_000 #@param {type:"number"}', "n", "1_000", "number"],
    ['n = 0 #@param {type:"number", min:-1, max:1, step:0.1}', "n", "0", "number -1..1/0.1"],
    ['n = 3 # @param {"type":"number","placeholder":"3"}', "n", "3", "number"],
    ['n = 10 #@param {type:"integer"}', "n", "10", "integer"],
    ['n = -10 #@param {type:"integer", min:-20, max:0}', "n", "-10", "integer -20..0"],
    ['seed = 0xff #@param {type:"integer"}', "seed", "0xff", "integer"],
    ['s = 1 #@param {type:"slider", min:0, max:100, step:1}', "s", "1", "slider 0..100/1"],
    ['s = 0.5 #@param {type:"slider", min:-1, max:1, step:0.1}', "s", "0.5", "slider -1..1/0.1"],
    ['s = 5 #@param {type:"slider"}', "s", "5", "slider 0..100/1"],
    ['s = 5 #@param {min:2, type:"slider", max:1_000}', "s", "5", "slider 2..1000/1"],
    ['s = 5 #@param {type:"slider", min:100, max:0}', "s", "5", "slider 0..100/1"],
    ['s = 5 #@param {type:"slider", step:0}', "s", "5", "slider 0..100/1"],
    ['d = "2018-03-22" #@param {type:"date"}', "d", '"2018-03-22"', "date"],
    ["d = '2018-03-22' # @param {type: \"date\"}", "d", "'2018-03-22'", "date"],
    ['d = "" #@param {"type":"date","placeholder":"yyyy-mm-dd"}', "d", '""', "date (yyyy-mm-dd)"],
    ['r = None #@param {type:"raw"}', "r", "None", "raw"],
    ["r = [1, 2, {'#': '#'}] #@param {type:\"raw\"}", "r", "[1, 2, {'#': '#'}]", "raw"],
    ['r = a == b #@param {type:"raw"}', "r", "a == b", "raw"],
    ['r = f(x=1) #@param {type:"raw"}', "r", "f(x=1)", "raw"],
    ["r = '' #@param", "r", "''", "raw"],
    ["r = 5 # @param", "r", "5", "raw"],
    ["r = 5 # @param what it is", "r", "5", "raw"],
    ['r = "x" #@param {type:"raw", placeholder:"code"}', "r", '"x"', "raw (code)"],
    ['x = 1; y = 2 #@param {type:"raw"}', "x", "1; y = 2", "raw"],
    ['größe = "x" #@param {type:"string"}', "größe", '"x"', "text"],
    ['n = 1 #@param {type:"number"} # a remark', "n", "1", "number"],
    ['n = 1 #@param {type:"number"}\r', "n", "1", "number"],
    ['text = """all on one line # here""" #@param {type:"string"}', "text", '"""all on one line # here"""', "text"],
    ["text = b'bytes' #@param {type:\"string\"}", "text", "b'bytes'", "text"],
    ['__proto__ = 1 #@param {type:"number", __proto__: 3}', "__proto__", "1", "number"],
  ])("%s", (source, name, code, control) => {
    for (const [before, after] of [
      ["", ""],
      ["#@title T\nimport x # '\ns = '''\n#@param\n'''\n", "\nprint('#@title no')"],
    ]) {
      const [field, ...others] = fieldsOf(`${before}${source}${after}`);
      expect(others).toEqual([]);
      expect(field).toMatchObject({ name, code });
      expect(field && brief(field.control)).toBe(control);
      expect(field && `${before}${source}${after}`.slice(field.from, field.to)).toBe(code);
    }
  });
});

test.each([
  ["f(1) #@param", "assignment"],
  ["x == 1 #@param", "assignment"],
  ["x += 1 #@param", "assignment"],
  ["x[0] = 1 #@param", "assignment"],
  ['#@param {type:"string"}', "assignment"],
  ["x = #@param", "value"],
  ['x = 1 #@param {type:"colour"}', "type"],
  ["x = 1 #@param {}", null],
  ['x = 1 #@param {type:"number"', "options"],
  ["x = 1 #@param {type}", "options"],
  ["x = 1 #@param [1, 2", "options"],
  ["x = 1 #@param [,]", "options"],
  ['x = 1 #@param ["a]', "options"],
  ["x = 1 #@param []", "choices"],
  ["x = 1 #@params", "no form"],
  ["x = '#@param'", "no form"],
  ["'''\nx = 1 #@param\n'''", "no form"],
  ["'''\nx = 1 #@param", "no form"],
  ['"not closed\nx = 1 #@param', null],
  ["x = 1 # not @param", "no form"],
])("%j: %s", (source, reason) => {
  const form = readForm(source);
  if (reason === "no form") expect(form).toBeNull();
  else expect(form?.problems.map((problem) => problem.reason) ?? []).toEqual(reason === null ? [] : [reason]);
});

test("a line that is not understood says where it is and hides no other", () => {
  const form = formOf('a = 1 #@param {type:"number"}\n\nb( #@param\nc = 2 #@param {type:"number"}');
  expect(form.problems).toEqual([{ line: 3, reason: "assignment" }]);
  expect(form.rows.map((row) => row.t === "field" && row.name)).toEqual(["a", "c"]);
});

test("fields end at their limit, and it is said once", () => {
  const form = formOf("x = 1 #@param\n".repeat(LIMITS.FORM_FIELDS + 3));
  expect(form.rows).toHaveLength(LIMITS.FORM_FIELDS);
  expect(form.problems).toEqual([{ line: LIMITS.FORM_FIELDS + 1, reason: "many" }]);
});

test.each([
  ["#@title", { text: "", view: null, auto: false }],
  ["#@title Plain", { text: "Plain", view: null, auto: false }],
  ["# @title  Spaced  ", { text: "Spaced", view: null, auto: false }],
  ['#@title T { display-mode: "form" }', { text: "T", view: "form", auto: false }],
  ['#@title T {display-mode:"both", run:"auto"}', { text: "T", view: "both", auto: true }],
  ['#@title T { vertical-output: true, "run": "auto" }', { text: "T", view: null, auto: true }],
  ["#@title Of $\\frac{1}{2}$", { text: "Of $\\frac{1}{2}$", view: null, auto: false }],
  ['#@title $x_{1}$ {run: "auto"}', { text: "$x_{1}$", view: null, auto: true }],
  ["#@title ## A **heading** {other: 1}", { text: "## A **heading** {other: 1}", view: null, auto: false }],
  ['#@title T {display-mode:"odd"}', { text: "T", view: null, auto: false }],
])("the title of %j", (source, title) => {
  expect(formOf(`%%time\n${source}\n#@title Another`).title).toEqual(title);
});

test("Markdown stands where it was written; lines of a list or a table belong together", () => {
  const source =
    "#@markdown A\n#@markdown ---\nx = 1 #@param\n#@markdown - one\n#@markdown - two\n\n#@markdown\n# @markdown B";
  const rows = formOf(source).rows.map((row) => (row.t === "markdown" ? row.text : row.name));
  expect(rows).toEqual(["A\n\n---", "x", "- one\n- two", "\n\nB"]);
});
