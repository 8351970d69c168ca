import { expect, test, vi } from "vitest";

import { RunStore } from "../../src/runs/store";
import type { CommentView, ExecutionView, ThreadView } from "../../src/wire/types";
import { EMPTY_RUNS } from "../support/server";
import { cellOutputs, execution, stream } from "../support/values";

function store(...executions: ExecutionView[]): RunStore {
  const made = new RunStore();
  made.reset({ ...EMPTY_RUNS, executions });
  return made;
}

const put = (view: ExecutionView) => ({ t: "execution", execution: view }) as const;

test("queued cells know their place, the one that runs counts", () => {
  const runs = store(
    execution({ id: "x1", cell_id: "a", state: "running" }),
    execution({ id: "x2", cell_id: "b", queued_at: 2 }),
    execution({ id: "x3", cell_id: "c", queued_at: 3 }),
  );
  expect([runs.cell("b").place, runs.cell("c").place]).toEqual([1, 2]);
  runs.apply(0, 1, [put(execution({ id: "x1", cell_id: "a", state: "ok" }))]);
  expect([runs.cell("b").place, runs.cell("c").place]).toEqual([0, 1]);
  expect(runs.summary().queue).toMatchObject({ running: null, waiting: ["x2", "x3"] });
});

test("the gutter tells of the run under way, then of one that waits, then of the latest", () => {
  const runs = store(
    execution({ id: "old", state: "error", queued_at: 1 }),
    execution({ id: "new", state: "ok", queued_at: 5 }),
    execution({ id: "waits", state: "queued", queued_at: 3 }),
  );
  expect(runs.cell("c1").current?.id).toBe("waits");
  runs.apply(0, 1, [put(execution({ id: "waits", state: "aborted", queued_at: 3 }))]);
  expect(runs.cell("c1").current?.id).toBe("new");
});

test("an operation wakes the cell that it changes and no other", () => {
  const runs = store(
    execution({ id: "x1", cell_id: "a", state: "running" }),
    execution({ id: "x2", cell_id: "b", state: "ok" }),
  );
  runs.apply(0, 1, [{ t: "shows", cell_id: "a", execution_id: "x1", execution_count: null }]);
  const [a, b, all] = [vi.fn(), vi.fn(), vi.fn()];
  runs.subscribeCell("a", a);
  runs.subscribeCell("b", b);
  runs.subscribe(all);
  const before = runs.cell("b");
  runs.apply(1, 2, [{ t: "put", cell_id: "a", execution_id: "x1", output: stream({ tail: "1" }) }]);
  expect([a, b, all].map((listener) => listener.mock.calls.length)).toEqual([1, 0, 0]);
  expect(runs.cell("b")).toBe(before);
});

test("a cell shows the outputs of the run before while the next one waits", () => {
  const runs = store(execution({ id: "x1", state: "ok" }));
  runs.apply(0, 1, [{ t: "shows", cell_id: "c1", execution_id: "x1", execution_count: null }]);
  runs.apply(1, 2, [put(execution({ id: "x2", queued_at: 9 }))]);
  expect(runs.cell("c1")).toMatchObject({ current: { id: "x2" }, shown: { id: "x1" } });
});

test("operations that do not follow are refused and change nothing", () => {
  const runs = store(execution({ id: "x1" }));
  expect(runs.apply(3, 4, [put(execution({ id: "x2" }))])).toBe(false);
  expect(runs.rev).toBe(0);
});

test("outputs of another revision are not taken", () => {
  const runs = store();
  expect(runs.fill(5, [cellOutputs()])).toBe(false);
  expect(runs.fill(0, [cellOutputs({ outputs: [stream()] })])).toBe(true);
  expect(runs.cell("c1").outputs?.outputs).toHaveLength(1);
});

test("a new snapshot clears what is no longer there", () => {
  const runs = store(execution({ id: "x1", cell_id: "a", state: "running" }));
  const woken = vi.fn();
  runs.subscribeCell("a", woken);
  runs.reset({ ...EMPTY_RUNS, rev: 9 });
  expect(woken).toHaveBeenCalledOnce();
  expect(runs.cell("a").current).toBeNull();
});

test("threads come with their comments in the order in which they were written, and wake only who looks at them", () => {
  const made = new RunStore();
  const thread = (id: string, at: number): ThreadView => ({
    ...{ id, at, cell_id: "c1", quote: "", turn: 0, resolved: false, resolved_by: "", resolved_at: null },
  });
  const comment = (id: string, thread_id: string): CommentView => ({
    ...{ id, thread_id, by: "ada", at: 1, text: id, version: 0, edited_at: null, mentions: [] },
  });
  made.reset({ ...EMPTY_RUNS, threads: [thread("t1", 1)], comments: [comment("k1", "t1")] });
  let woken = 0;
  made.subscribeThreads(() => (woken += 1));
  made.apply(0, 1, [{ t: "comment", comment: comment("k2", "t1") }]);
  expect(made.threads().map(({ id, comments }) => [id, comments.map((one) => one.id)])).toEqual([["t1", ["k1", "k2"]]]);
  const before = made.threads();
  made.apply(1, 2, [{ t: "saved", saved: { at: 1, pending: false, cause: null } }]);
  expect(made.threads()).toBe(before);
  made.apply(2, 3, [
    { t: "comment-gone", id: "k1", thread_id: "t1" },
    { t: "comment-gone", id: "k2", thread_id: "t1" },
  ]);
  expect(made.threads()).toEqual([]);
  expect(woken).toBe(2);
});
