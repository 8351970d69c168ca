import { beforeEach, expect, test } from "vitest";

import type { Told } from "../../../src/net/asks";
import { REFRESH_MS, VariablesFeed } from "../../../src/notebook/values/variables";
import { NOTHING_QUEUED, queueOf } from "../../../src/runs/queue";
import type { RunSummary } from "../../../src/runs/store";
import type { Problem, Variable, VariableList } from "../../../src/wire/types";
import { ManualClock } from "../../support/clock";
import { settle } from "../../support/server";
import { execution } from "../../support/values";

const NOTHING: RunSummary = { rev: 0, kernel: null, runtime: null, saved: null, queue: NOTHING_QUEUED };
const queued = (state: "running" | "ok"): RunSummary => {
  const one = execution({ id: "x", state, started_at: 1 });
  return { ...NOTHING, queue: queueOf(new Map([[one.id, one]])) };
};
const RUNNING = queued("running");

let clock: ManualClock;
let summary: RunSummary;
let told: Told<VariableList>;
let asked: number;
let changed: () => void;
let feed: VariablesFeed;

const named = (name: string): Variable => ({
  name,
  type: "int",
  kind: "number",
  shape: [],
  size: null,
  preview: "1",
  opens: false,
});
const list = (...names: string[]): Told<VariableList> => ({
  t: "told",
  answer: { t: "variable-list", items: names.map(named), total: names.length },
});
const refused = (code: string): Told<VariableList> => {
  const problem: Problem = { code, title: code, detail: "", status: 409 };
  return { t: "refused", problem };
};
const names = () => feed.read().items?.map(({ name }) => name) ?? null;

beforeEach(() => {
  clock = new ManualClock();
  summary = NOTHING;
  told = list("a");
  asked = 0;
  changed = () => undefined;
  feed = new VariablesFeed({
    ask: () => {
      asked += 1;
      return Promise.resolve(told);
    },
    summary: () => summary,
    subscribe: (listener) => {
      changed = listener;
      return () => (changed = () => undefined);
    },
    timers: clock,
  });
});

test("nothing is asked until somebody looks, and nothing when nobody does any more", async () => {
  expect(asked).toBe(0);
  summary = RUNNING;
  const stop = feed.subscribe(() => undefined);
  await settle();
  expect(names()).toEqual(["a"]);
  stop();
  clock.advance(10 * REFRESH_MS);
  changed();
  expect(asked).toBe(1);
  expect(names()).toEqual(["a"]);
});

test("they are asked for when an execution begins and ends, and in between every two seconds", async () => {
  feed.subscribe(() => undefined);
  await settle();
  changed();
  clock.advance(60_000);
  expect(asked).toBe(1);
  summary = RUNNING;
  changed();
  await settle();
  expect(asked).toBe(2);
  told = list("a", "b");
  clock.advance(REFRESH_MS);
  await settle();
  expect(names()).toEqual(["a", "b"]);
  clock.advance(REFRESH_MS);
  await settle();
  summary = queued("ok");
  changed();
  await settle();
  expect(asked).toBe(5);
  clock.advance(60_000);
  expect(asked).toBe(5);
});

test("they are asked for after an execution that began and ended within one frame", async () => {
  feed.subscribe(() => undefined);
  await settle();
  told = list("a", "b");
  summary = queued("ok");
  changed();
  await settle();
  expect(names()).toEqual(["a", "b"]);
});

test("a passing refusal keeps what is shown; a kernel that is gone takes it away", async () => {
  feed.subscribe(() => undefined);
  await settle();
  told = refused("ask-timeout");
  feed.refresh();
  await settle();
  expect(names()).toEqual(["a"]);
  expect(feed.read().problem?.code).toBe("ask-timeout");
  told = refused("no-runtime");
  feed.refresh();
  await settle();
  expect(names()).toBeNull();
  told = list();
  feed.refresh();
  await settle();
  expect(feed.read()).toEqual({ items: [], total: 0, problem: null });
});

test("an answer that a newer question has overtaken is not shown", async () => {
  feed.subscribe(() => undefined);
  await settle();
  told = { t: "superseded" };
  feed.refresh();
  await settle();
  expect(names()).toEqual(["a"]);
});
