import { expect, test } from "vitest";

import { lastRun, NOTHING_QUEUED, queueOf } from "../../src/runs/queue";
import type { ExecutionView } from "../../src/wire/types";
import { execution } from "../support/values";

const queue = (...executions: ExecutionView[]) => queueOf(new Map(executions.map((each) => [each.id, each])));

test("what waits is in the order in which it was queued, whatever the order in which it became known", () => {
  const found = queue(execution({ id: "b", queued_at: 2 }), execution({ id: "a", queued_at: 1 }));
  expect(found.waiting).toEqual(["a", "b"]);
  expect(found.running).toBeNull();
  expect(found.latest).toBeNull();
});

test("the latest is the one that began last, whatever the clock of its runtime says; its beginning and its end are told apart", () => {
  const first = execution({ id: "a", state: "ok", queued_at: 5, started_at: 70 });
  const second = execution({ id: "b", state: "running", queued_at: 9, started_at: 60 });
  const during = queue(second, first, execution({ id: "c", queued_at: 10 }));
  expect(during.latest).toBe(second);
  expect(during.running).toBe(second);
  const texts = [NOTHING_QUEUED, queue(first), during, queue(first, { ...second, state: "error" })].map(lastRun);
  expect(new Set(texts).size).toBe(4);
});

test("an execution that only waited, and was taken back, is no run", () => {
  const first = execution({ id: "a", state: "ok", queued_at: 5, started_at: 70 });
  expect(lastRun(queue(first, execution({ id: "b", state: "aborted", queued_at: 9 })))).toBe(lastRun(queue(first)));
});
