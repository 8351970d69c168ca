import { beforeEach, expect, test } from "vitest";

import type { Told } from "../../../src/net/asks";
import { BLOCK_COLUMNS, BLOCK_ROWS, TableSource } from "../../../src/notebook/values/table-source";
import type { LookAsk, TableView } from "../../../src/wire/types";
import { settle } from "../../support/server";

let rows: number;
let columns: number;
let asked: LookAsk[];
let waiting: ((told: Told<TableView>) => void)[];
let held: boolean;
let source: TableSource;

/** A table whose cell at (r, c) is `r.c`, and `none` below the diagonal of every hundredth row. */
function answer(ask: LookAsk): Told<TableView> {
  const down = Math.max(0, Math.min(ask.count, rows - ask.start));
  const across = Math.max(0, Math.min(ask.columns, columns - ask.first_column));
  const order = (at: number) => (ask.sort?.descending === true ? rows - 1 - at : at);
  return {
    t: "told",
    answer: {
      t: "table",
      type: "DataFrame",
      shape: [rows, columns],
      total_rows: rows,
      total_columns: columns,
      rows,
      start: ask.start,
      first_column: ask.first_column,
      labels: Array.from({ length: down }, (_, at) => `#${order(ask.start + at)}`),
      columns: Array.from({ length: across }, (_, column) => ({
        name: `c${ask.first_column + column}`,
        type: "int64",
        texts: Array.from({ length: down }, (_row, at) => `${order(ask.start + at)}.${ask.first_column + column}`),
        numbers: ask.first_column + column === 0 ? [1] : [],
      })),
      found: "name",
      name: "df",
      sorts: true,
      opens: ask.path.length === 0 ? Array.from({ length: down }, () => true) : [],
    },
  };
}

beforeEach(() => {
  rows = 1_000_000;
  columns = 50;
  asked = [];
  waiting = [];
  held = false;
  source = new TableSource({ t: "named", name: "df" }, (ask) => {
    asked.push(ask);
    if (!held) return Promise.resolve(answer(ask));
    return new Promise((resolve) => waiting.push(resolve));
  });
});

const see = async (from: number, to: number, first = 0, last = 1) => {
  source.see({ rows: [from, to], columns: [first, last] });
  await settle();
};

test("what is in sight is fetched in blocks, once", async () => {
  await see(0, 20);
  expect(asked.length).toBe(1);
  expect(source.read()).toMatchObject({ busy: false, head: { rows: 1_000_000, total_columns: 50 } });
  expect([source.cell(3, 0), source.label(3), source.cell(3, 1), source.cell(150, 0)]).toEqual([
    "3.0",
    "#3",
    "3.1",
    undefined,
  ]);
  expect([source.column(0)?.numeric, source.column(1)?.numeric]).toEqual([true, false]);
  await see(BLOCK_ROWS - 5, BLOCK_ROWS + 5, BLOCK_COLUMNS - 1, BLOCK_COLUMNS + 1);
  expect(asked.length).toBe(4);
  expect(source.cell(BLOCK_ROWS, BLOCK_COLUMNS)).toBe(`${BLOCK_ROWS}.${BLOCK_COLUMNS}`);
  await see(0, 20);
  expect(asked.length).toBe(4);
});

test("what was scrolled past is not fetched", async () => {
  await see(0, 20);
  held = true;
  for (const row of [10_000, 20_000, 30_000, 40_000]) await see(row, row + 20);
  expect(asked.map(({ start }) => start)).toEqual([0, 10_000, 20_000]);
  for (const [index, reply] of waiting.splice(0).entries()) reply(answer(asked[index + 1] as LookAsk));
  await settle();
  expect(asked.at(-1)?.start).toBe(40_000);
});

test("another order begins anew, and what was asked in the old one is not heard", async () => {
  held = true;
  void see(0, 20);
  source.sortBy({ column: 0, descending: true });
  const [old, fresh] = waiting;
  old?.(answer(asked[0] as LookAsk));
  await settle();
  expect(source.cell(0, 0)).toBeUndefined();
  fresh?.(answer(asked[1] as LookAsk));
  await settle();
  expect(source.cell(0, 0)).toBe("999999.0");
});

test("a table that has become another one is shown as it is now", async () => {
  await see(0, 20);
  rows = 150;
  await see(100, 120);
  expect(source.read().head?.rows).toBe(150);
  await see(0, 20);
  expect(asked.length).toBe(3);
  expect(source.cell(0, 0)).toBe("0.0");
});

test("a refusal is said, and nothing more is asked until one wants to", async () => {
  await see(0, 20);
  const [look] = [asked.length];
  held = true;
  source.search([{ column: 0, op: "gt", value: "many" }]);
  waiting[0]?.({ t: "refused", problem: { code: "condition-invalid", title: "No.", detail: "", status: 409 } });
  await settle();
  await see(500, 520);
  expect(source.read()).toMatchObject({ busy: false, problem: { code: "condition-invalid" } });
  expect(asked.length).toBe(look + 1);
  held = false;
  source.search([]);
  await settle();
  expect(source.read().problem).toBeNull();
  expect(source.cell(500, 0)).toBe("500.0");
});

test("one goes into what is nested and out again", async () => {
  await see(0, 20);
  expect(source.opens(2)).toBe(true);
  source.enter(2);
  await settle();
  expect(asked.at(-1)?.path).toEqual([2]);
  expect(source.read().path).toEqual([{ row: 2, label: "[2]" }]);
  expect(source.opens(2)).toBe(false);
  source.leaveTo(0);
  await settle();
  expect(asked.at(-1)?.path).toEqual([]);
});

test("an empty table and one without columns are tables", async () => {
  rows = 0;
  await see(0, 20);
  expect(source.read()).toMatchObject({ busy: false, head: { rows: 0 } });
  expect(source.column(3)?.name).toBe("c3");
  columns = 0;
  source.refresh();
  await settle();
  expect(source.read()).toMatchObject({ busy: false, head: { total_columns: 0 } });
});

test("only so many blocks are kept", async () => {
  for (let row = 0; row < 300; row += 1) await see(row * BLOCK_ROWS, row * BLOCK_ROWS + 10);
  expect(source.cell(0, 0)).toBeUndefined();
  expect(source.cell(299 * BLOCK_ROWS, 0)).toBeDefined();
});
