import { beforeEach, expect, it } from "vitest";

import { OwnRuns } from "../../src/runs/own-runs";
import type { ExecutionView } from "../../src/wire/types";
import { execution } from "../support/values";

let known: Map<string, ExecutionView>;
let own: OwnRuns;

const is = (id: string, part: Partial<ExecutionView>) =>
  void known.set(id, execution({ id, cell_id: `c-${id}`, ...part }));
const step = () => own.step((id) => known.get(id) ?? null);

beforeEach(() => {
  known = new Map();
  own = new OwnRuns();
});

it("tells of many cells once, when the last of them has ended", () => {
  own.asked("b", ["1", "2"]);
  expect(step()).toEqual([]);
  is("1", { state: "ok", started_at: 1_000, finished_at: 1_500 });
  is("2", { state: "running", started_at: 1_500, finished_at: null });
  expect(step()).toEqual([]);
  is("2", { state: "ok", started_at: 1_500, finished_at: 3_000 });
  expect(step()).toMatchObject([{ t: "done", cells: 2, last: { id: "2" }, ms: 2_000 }]);
  expect(step()).toEqual([]);
});

it("tells of a failure at once, and of nothing after it", () => {
  own.asked("b", ["1", "2", "3"]);
  is("1", { state: "ok" });
  is("2", { state: "error" });
  is("3", { state: "queued" });
  expect(step()).toMatchObject([{ t: "failed", execution: { id: "2" } }]);
  is("3", { state: "aborted" });
  expect(step()).toEqual([]);
});

it("says nothing of what others run, of what was refused, and of what did not run", () => {
  is("other", { state: "error" });
  own.asked("refused", ["1"]);
  own.forget("refused");
  is("1", { state: "error" });
  own.asked("cancelled", ["2"]);
  is("2", { state: "aborted" });
  expect(step()).toEqual([]);
});

it("an execution that a later run of its cell has taken the place of holds nothing up", () => {
  own.asked("b", ["1", "2"]);
  is("1", { state: "ok", started_at: 0, finished_at: 100 });
  is("2", { state: "queued" });
  step();
  known.delete("1");
  is("2", { state: "ok", started_at: 100, finished_at: 400 });
  expect(step()).toMatchObject([{ t: "done", cells: 2, ms: 400 }]);
});
