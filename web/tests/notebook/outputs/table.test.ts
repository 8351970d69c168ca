import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { tableLines } from "../../../src/notebook/outputs/table/lines";
import { parseTable, type Table } from "../../../src/notebook/outputs/table/parse";
import { columnKinds, filtered, kindOf, sorted } from "../../../src/notebook/outputs/table/rows";
import { tableText } from "../../../src/notebook/outputs/table/text";
import { type DisplayOutput, LIMITS, type MimeValue } from "../../../src/wire/types";

/** What pandas 3 gave for real frames. */
const PANDAS = JSON.parse(readFileSync(new URL("./fixtures/dataframes.json", import.meta.url), "utf8")) as Readonly<
  Record<string, { readonly html: string }>
>;

const inline = (value: string): MimeValue => ({ t: "inline", value });
const shown = (html: string, text = "  a\n0 1"): DisplayOutput => ({
  t: "display",
  id: "o",
  data: { "text/html": inline(html), "text/plain": inline(text) },
  metadata: {},
  result: false,
  execution_count: null,
  display_id: null,
});

function read(name: string): Table {
  const table = parseTable(PANDAS[name]?.html ?? "");
  if (table === null) throw new Error(`${name} was not read`);
  return table;
}

test("a frame is read with its texts as they are", () => {
  const table = read("simple");
  expect(table.columns).toEqual([["city"], ["height"], ["share"], ["ok"]]);
  expect(table.rows.map(({ index, cells }) => [index[0], cells[0]])).toEqual([
    ["0", "Bern"],
    ["1", "Oslo <b>"],
    ["2", "A & B"],
  ]);
  expect(columnKinds(table)).toEqual(["text", "number", "number", "boolean"]);
  expect([table.shape, table.cutRow]).toEqual([null, null]);
});

test.each(Object.entries(PANDAS))("the lines of %s are known before it is read", (_, { html }) => {
  const table = parseTable(html);
  const { levels, rows, cut } = {
    levels: table?.columnNames.length ?? 0,
    rows: Math.min(table?.rows.length ?? 0, LIMITS.TABLE_ROWS),
    cut: (table?.cutRow ?? LIMITS.TABLE_ROWS) < LIMITS.TABLE_ROWS ? 1 : 0,
  };
  if (table !== null) expect(tableLines(shown(html))).toBe(Math.max(1, levels) + rows + cut);
});

test("what is no DataFrame has no lines of one", () => {
  const { html = "" } = PANDAS.simple ?? {};
  expect(tableLines(shown("<table><tr><td>1</table>"))).toBe(0);
  expect(tableLines(shown(html, "<IPython.core.display.HTML object>"))).toBe(0);
  expect(tableLines({ ...shown(html), data: { "text/html": inline(html) } })).toBe(0);
});

test("names of the index and of the columns are no columns", () => {
  const table = read("named");
  expect([table.indexNames, table.columnNames, table.columns]).toEqual([["key"], ["cols"], [["a"], ["b"]].slice(0, 1)]);
  expect(table.rows[1]).toEqual({ index: ["y"], cells: ["2"] });
});

test("of several levels each row and column has all its labels", () => {
  const table = read("multi");
  expect([table.indexNames, table.columnNames]).toEqual([
    ["outer", "inner"],
    ["L1", "L2"],
  ]);
  expect(table.columns).toEqual([
    ["x", "p"],
    ["x", "q"],
    ["y", "p"],
    ["y", "q"],
  ]);
  expect(table.rows.map(({ index }) => index.join())).toEqual(["a,1", "a,2", "b,1", "b,2"]);
  expect(table.rows.map(({ cells }) => cells[0])).toEqual(["0", "4", "8", "12"]);
});

test("what pandas left out is known, and is no row and no column", () => {
  const rows = read("cut");
  expect([rows.shape, rows.cutRow, rows.rows.length]).toEqual([{ rows: 1000, columns: 2 }, 5, 10]);
  expect(rows.rows[5]?.index).toEqual(["995"]);
  expect(kindOf(rows.rows.map(({ cells }) => cells[1] ?? ""))).toBe("date");
  const columns = read("wide");
  expect([columns.shape, columns.cutColumn, columns.columns.length]).toEqual([{ rows: 2, columns: 50 }, 10, 20]);
  const both = read("cutmulti");
  expect([both.shape?.rows, both.cutRow, both.indexNames]).toEqual([200, 5, ["i", "j"]]);
  expect(both.rows.at(-1)?.index).toEqual(["19", "9"]);
});

test("a frame without rows is a table without rows", () => {
  const table = read("empty");
  expect([table.columns, table.rows]).toEqual([[["a"], ["b"]], []]);
});

test("markup, links and styles of a person's own stay in the sandboxed frame", () => {
  expect(parseTable(PANDAS["links"]?.html ?? "")).toBeNull();
  expect(parseTable(PANDAS["raw"]?.html ?? "")).toBeNull();
  const html = PANDAS["simple"]?.html ?? "";
  const hostile = [
    html.replace("<td>Bern</td>", "<td><img src=x onerror=alert(1)></td>"),
    html.replace("<td>Bern</td>", '<td onclick="alert(1)">Bern</td>'),
    html.replace("<div>", '<div style="position:fixed">'),
    html.replace("</table>", "</table><script>alert(1)</script>"),
    html.replace('class="dataframe"', 'class="dataframe" onload="alert(1)"'),
    html.replace("<style scoped>", '<style type="text/css">'),
    html.replace("<td>Bern</td>", '<td colspan="999999">Bern</td>'),
    html.slice(0, -20),
    `${html}<p>extra</p>`,
  ];
  for (const each of hostile) expect(parseTable(each)).toBeNull();
});

test("numbers, moments and texts are sorted as such, and what is missing comes last", () => {
  const row = (...cells: string[]) => ({ index: [cells[0] ?? ""], cells });
  const by = (texts: string[], descending: boolean) =>
    sorted(
      texts.map((text) => row(text)),
      { column: 0, descending },
    ).map(({ cells }) => cells[0]);
  expect(by(["10", "9", "NaN", "-1e3", "inf"], false)).toEqual(["-1e3", "9", "10", "inf", "NaN"]);
  expect(by(["10", "9", "NaN", "-1e3", "inf"], true)).toEqual(["inf", "10", "9", "-1e3", "NaN"]);
  expect(by(["b", "A", "c10", "c9", "None"], false)).toEqual(["A", "b", "c9", "c10", "None"]);
  expect(by(["2020-02-01", "2019-12-31 23:00:00", "NaT"], true)).toEqual(["2020-02-01", "2019-12-31 23:00:00", "NaT"]);
  expect(by(["True", "False"], false)).toEqual(["False", "True"]);
  expect(
    sorted([row("x", "1"), row("x", "2"), row("x", "3")], { column: 0, descending: true }).map((r) => r.cells[1]),
  ).toEqual(["1", "2", "3"]);
});

test("a filter looks at one column or at all", () => {
  const { rows } = read("simple");
  expect(filtered(rows, { column: null, text: "oslo" })).toHaveLength(1);
  expect(filtered(rows, { column: 1, text: "5" }).map(({ cells }) => cells[1])).toEqual(["540"]);
  expect(filtered(rows, { column: null, text: " " })).toBe(rows);
});

test("a table is copied as other programs take it", () => {
  const table = read("multi");
  expect(tableText(table, table.rows.slice(0, 1), "tsv")).toBe(
    "\tL1\tx\tx\ty\ty\nouter\tinner\tp\tq\tp\tq\na\t1\t0\t1\t2\t3",
  );
  const odd = { indexNames: [""], columnNames: [""], columns: [['a "b", c'], ["x|y"]] };
  const rows = [{ index: ["0"], cells: ["1\t2", "line\nbreak"] }];
  expect(tableText(odd, rows, "csv")).toBe(',"a ""b"", c",x|y\n0,1\t2,"line\nbreak"');
  expect(tableText(odd, rows, "markdown")).toBe(
    '|  | a "b", c | x\\|y |\n| --- | --- | --- |\n| 0 | 1\t2 | line break |',
  );
});
