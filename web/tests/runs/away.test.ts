import { describe, expect, it } from "vitest";

import { isNews, newsSince, readSeen, RunWatch, seenOf } from "../../src/runs/away";
import type { RuntimeView } from "../../src/wire/types";
import { execution } from "../support/values";

const runtime: RuntimeView = {
  id: "r1",
  state: "connected",
  launcher: "process",
  since: 1,
  cause: null,
  rss_bytes: null,
  cpu_percent: null,
  rss_limit_bytes: null,
  disk_free_bytes: null,
  disk_total_bytes: null,
};
const ids = (executions: readonly { readonly id: string }[]) => executions.map(({ id }) => id);

describe("news", () => {
  const before = [
    execution({ id: "old", state: "ok", queued_at: 1, started_at: 2, finished_at: 3 }),
    execution({ id: "ran", state: "running", queued_at: 4, started_at: 5 }),
    execution({ id: "lay", state: "queued", queued_at: 6 }),
  ];

  it("is none while nothing has changed", () => {
    expect(isNews(newsSince(seenOf(before, runtime), before, runtime))).toBe(false);
  });

  it("is what ended of what was open, and what was begun and ended since", () => {
    const after = [
      before[0] ?? execution({ id: "old" }),
      execution({ id: "ran", state: "error", queued_at: 4, started_at: 5, finished_at: 9 }),
      execution({ id: "lay", state: "aborted", queued_at: 6 }),
      execution({ id: "new", state: "ok", queued_at: 10, started_at: 11, finished_at: 12 }),
      execution({ id: "gone", state: "lost", queued_at: 11 }),
      execution({ id: "now", state: "running", queued_at: 13, started_at: 14 }),
    ];
    const cause = { code: "idle", message: "It was idle.", evidence: {} };
    const news = newsSince(seenOf(before, runtime), after, { ...runtime, state: "ended", cause });
    expect(ids(news.failed)).toEqual(["ran"]);
    expect(ids(news.stopped)).toEqual(["lay"]);
    expect(ids(news.finished)).toEqual(["new"]);
    expect(ids(news.lost)).toEqual(["gone"]);
    expect(news.running?.id).toBe("now");
    expect(news.ended?.cause?.code).toBe("idle");
  });

  it("does not tell of a runtime whose end was seen, or of another one", () => {
    const ended: RuntimeView = { ...runtime, state: "ended" };
    expect(newsSince(seenOf([], ended), [], ended).ended).toBeNull();
    expect(newsSince(seenOf([], runtime), [], { ...ended, id: "r2" }).ended).toBeNull();
  });

  it("survives whatever a browser's store holds", () => {
    const seen = seenOf(before, runtime);
    expect(readSeen(JSON.stringify(seen))).toEqual(seen);
    for (const text of [null, "", "{", "[]", '{"latest":"x"}', '{"latest":1}']) expect(readSeen(text)).toBeNull();
  });
});

describe("the end of a run", () => {
  it("is when nothing waits or runs any more, and is as long as all of it", () => {
    const watch = new RunWatch();
    const one = { id: "a", cell_id: "c1", queued_at: 0, started_at: 1_000 } as const;
    const two = { id: "b", cell_id: "c2", queued_at: 0 } as const;
    const over = { ...one, state: "ok", finished_at: 2_000 } as const;
    expect(watch.step([execution({ ...one, state: "running" }), execution(two)])).toBeNull();
    expect(watch.step([execution(over), execution(two)])).toBeNull();
    const last = execution({ ...two, state: "ok", started_at: 2_000, finished_at: 61_000 });
    expect(watch.step([execution(over), last])).toEqual({ cells: 2, execution: last, ms: 60_000 });
    expect(watch.step([execution(over), last])).toBeNull();
  });

  it("names the cell that failed, and not those that did not run because of it", () => {
    const watch = new RunWatch();
    watch.step([execution({ id: "a" }), execution({ id: "b" }), execution({ id: "c" })]);
    const failed = execution({ id: "b", state: "error", started_at: 2, finished_at: 3 });
    const end = watch.step([
      execution({ id: "a", state: "ok", started_at: 1, finished_at: 2 }),
      failed,
      execution({ id: "c", state: "aborted" }),
    ]);
    expect(end).toEqual({ cells: 2, execution: failed, ms: 2 });
  });

  it("is none for what was over when the page was opened, or never began", () => {
    const watch = new RunWatch();
    expect(watch.step([execution({ id: "a", state: "ok", started_at: 1, finished_at: 2 })])).toBeNull();
    watch.step([execution({ id: "b" })]);
    expect(watch.step([execution({ id: "b", state: "aborted" })])).toBeNull();
  });
});
