import { beforeEach, expect, test } from "vitest";

import { type ExecutedCode, type ExecutedPage, ProblemError, UNREACHABLE } from "../../../src/net/rest";
import { ExecutedHistory } from "../../../src/notebook/history/executed";
import { settle } from "../../support/server";

let rows: string[];
let occasion: string;
let changed: () => void;
let fails: boolean;
let asked: (number | null)[];
let history: ExecutedHistory;

const code = (id: string): ExecutedCode => ({
  id,
  cell_id: "c",
  source: id,
  state: "ok",
  by: "ada",
  queued: "",
  started: null,
  finished: null,
  execution_count: 1,
  kernel_epoch: 1,
});

/** Pages of two, the latest first; `before` is the place among all rows. */
function page(before: number | null): ExecutedPage {
  const end = before ?? rows.length;
  const start = Math.max(0, end - 2);
  return {
    executions: rows.slice(start, end).reverse().map(code),
    before: start === 0 ? null : start,
  };
}

beforeEach(() => {
  rows = ["a", "b", "c", "d", "e"];
  occasion = "1";
  changed = () => undefined;
  fails = false;
  asked = [];
  history = new ExecutedHistory({
    fetch: (before) => {
      asked.push(before);
      return fails ? Promise.reject(new ProblemError(UNREACHABLE)) : Promise.resolve(page(before));
    },
    occasion: () => occasion,
    subscribe: (listener) => {
      changed = listener;
      return () => (changed = () => undefined);
    },
  });
});

const shown = () =>
  history
    .read()
    .items?.map(({ id }) => id)
    .join("") ?? null;

test("pages follow each other to the first run", async () => {
  history.subscribe(() => undefined);
  await settle();
  expect([shown(), history.read().more]).toEqual(["ed", true]);
  for (let turn = 0; turn < 3; turn += 1) {
    history.earlier();
    await settle();
  }
  expect([shown(), history.read().more]).toEqual(["edcba", false]);
  expect(asked).toEqual([null, 3, 1]);
});

test("what runs now comes on top, and what was loaded stays", async () => {
  history.subscribe(() => undefined);
  await settle();
  history.earlier();
  await settle();
  rows.push("f");
  changed();
  await settle();
  expect(shown()).toBe("edcb");
  occasion = "2";
  changed();
  await settle();
  expect(shown()).toBe("fedcb");
  history.earlier();
  await settle();
  expect(shown()).toBe("fedcba");
});

test("after a gap the list begins anew", async () => {
  history.subscribe(() => undefined);
  await settle();
  rows.push("f", "g", "h");
  history.refresh();
  await settle();
  expect(shown()).toBe("hg");
  history.earlier();
  await settle();
  expect(shown()).toBe("hgfe");
});

test("a server that is away is said, and what is shown stays", async () => {
  history.subscribe(() => undefined);
  await settle();
  fails = true;
  history.refresh();
  await settle();
  expect([shown(), history.read().problem]).toEqual(["ed", UNREACHABLE]);
});

test("nothing is asked while nobody looks", async () => {
  const stop = history.subscribe(() => undefined);
  await settle();
  stop();
  occasion = "2";
  changed();
  await settle();
  expect(asked.length).toBe(1);
});
