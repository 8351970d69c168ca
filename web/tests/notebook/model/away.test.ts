import { beforeEach, describe, expect, it } from "vitest";

import { Away } from "../../../src/notebook/model/away";
import { cellInHash, placeOf, readPlace } from "../../../src/notebook/model/scroll-place";
import { RunStore } from "../../../src/runs/store";
import type { ExecutionView } from "../../../src/wire/types";
import { execution } from "../../support/values";

const running = execution({ id: "a", state: "running", queued_at: 1, started_at: 2 });
const finished = execution({ ...running, state: "ok", finished_at: 50 });
const failed = execution({ ...running, state: "error", finished_at: 50 });

let kept: Map<string, string>;
let now: number;

const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
};

function storeOf(...executions: ExecutionView[]): RunStore {
  const runs = new RunStore();
  show(runs, ...executions);
  return runs;
}

function show(runs: RunStore, ...executions: ExecutionView[]): void {
  const saved = { at: null, pending: false, cause: null };
  const rest = { cells: [], prompts: [], widgets: [], threads: [], comments: [] };
  runs.reset({ rev: (runs.rev ?? 0) + 1, kernel: null, runtime: null, saved, executions, ...rest });
}

/** A page of this browser that is opened now. */
function open(runs: RunStore, looking = true): Away {
  const away = new Away({ notebook: "n", runs, storage, now: () => now });
  away.start(looking);
  return away;
}

beforeEach(() => {
  kept = new Map();
  now = 0;
});

describe("the news of a notebook", () => {
  it("is none for who was never here", () => {
    expect(open(storeOf(failed)).read().news).toBeNull();
  });

  it("is told when the page is opened again, and once", () => {
    open(storeOf(running));
    const runs = storeOf(finished);
    expect(open(runs).read().news?.finished).toEqual([finished]);
    expect(open(runs).read().news).toBeNull();
  });

  it("says what still runs, until that is over", () => {
    open(storeOf(running));
    const runs = storeOf(running);
    const away = open(runs);
    expect(away.read().news?.running).toEqual(running);
    show(runs, finished);
    expect(away.read().news).toBeNull();
  });

  it("is not told of what one sees", () => {
    const runs = storeOf(running);
    const away = open(runs);
    show(runs, failed);
    expect(away.read()).toEqual({ news: null, outcome: null });
  });

  it("is for the tab alone while nobody looks, and then for the card if that was long", () => {
    const runs = storeOf(running);
    const away = open(runs);
    away.look(false);
    show(runs, failed);
    expect(away.read()).toEqual({ news: null, outcome: "failed" });
    now = 31_000;
    away.look(true);
    expect(away.read().outcome).toBeNull();
    expect(away.read().news?.failed).toEqual([failed]);
    away.dismiss();
    expect(away.read().news).toBeNull();
  });

  it("shows no card after a moment", () => {
    const runs = storeOf(running);
    const away = open(runs);
    away.look(false);
    show(runs, finished);
    expect(away.read().outcome).toBe("ok");
    now = 5_000;
    away.look(true);
    expect(away.read()).toEqual({ news: null, outcome: null });
  });

  it("waits with a page that was opened behind others until it is looked at", () => {
    open(storeOf(running));
    const away = open(storeOf(finished), false);
    expect(away.read()).toEqual({ news: null, outcome: "ok" });
    away.look(true);
    expect(away.read().news?.finished).toEqual([finished]);
  });
});

describe("the place of a view", () => {
  it("is that of the first cell that reaches into it, in the order of the page", () => {
    const boxes = [
      { cell: "c", top: 300, bottom: 400 },
      { cell: "a", top: -200, bottom: 40 },
      { cell: "b", top: 50, bottom: 290 },
    ];
    expect(placeOf(boxes, 96, "b")).toEqual({ cell: "b", offset: -46, selected: "b" });
    expect(placeOf([], 96, null)).toBeNull();
  });

  it("is read back, and nothing else is", () => {
    const place = { cell: "a", offset: -3, selected: null };
    expect(readPlace(JSON.stringify(place))).toEqual(place);
    for (const text of [null, "x", "1", '{"cell":1,"offset":2}', '{"cell":"a"}']) expect(readPlace(text)).toBeNull();
  });

  it("is named by the address as Colab does it", () => {
    expect(cellInHash("#scrollTo=ab%20c")).toBe("ab c");
    expect(cellInHash("#scrollTo=abc&line=3&uniqifier=1")).toBe("abc");
    expect(cellInHash("#heading")).toBeNull();
    expect(cellInHash("")).toBeNull();
  });
});
