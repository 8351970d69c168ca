import { expect, test } from "vitest";

import { choose, planOutputs } from "../../src/notebook/outputs/plan";
import { explainError, splitTraceback } from "../../src/notebook/outputs/traceback";
import { StableOrder, stableOrder } from "../../src/notebook/cells/stable-order";
import { ago, bytes, clock, duration, shortDuration } from "../../src/ui/format";
import type { DisplayOutput } from "../../src/wire/types";
import { stream } from "../support/values";

function display(id: string, ...types: string[]): DisplayOutput {
  const data = Object.fromEntries(types.map((type) => [type, { t: "inline", value: type }] as const));
  return { t: "display", id, data, metadata: {}, result: false, execution_count: null, display_id: null };
}

test("a cell that is moved keeps its place in the DOM, a new one goes in behind the one before it", () => {
  const order = new StableOrder();
  expect(order.follow(["a", "b", "c"])).toEqual(["a", "b", "c"]);
  expect(order.follow(["c", "a", "b"])).toEqual(["a", "b", "c"]);
  expect(order.follow(["c", "x", "a", "b"])).toEqual(["a", "b", "c", "x"]);
  expect(order.follow(["first", "c", "a"])).toEqual(["first", "a", "c"]);
});

test("cells that stay never change places among each other, whatever comes, goes and moves", () => {
  let dom = stableOrder([], ["a", "b", "c", "d", "e"]);
  for (const order of [
    ["e", "d", "n1", "c"],
    ["c", "n2", "e", "n1", "d"],
    ["n3", "d", "e"],
  ]) {
    const next = stableOrder(dom, order);
    expect([...next].sort()).toEqual([...order].sort());
    const stayed = dom.filter((id) => next.includes(id));
    expect(next.filter((id) => stayed.includes(id))).toEqual(stayed);
    dom = next;
  }
});

test("the richest representation that the page knows is shown", () => {
  expect(choose(display("o", "text/plain", "text/html"))?.type).toBe("text/html");
  expect(choose(display("o", "text/plain", "image/png"))?.type).toBe("image/png");
  expect(choose(display("o", "application/x-unknown"))?.type).toBe("application/x-unknown");
  expect(choose(display("o"))).toBeNull();
});

test("markup and scripts go into one frame, with whatever stands between them, and nothing else does", () => {
  const outputs = [
    stream({ id: "1" }),
    display("2", "text/html"),
    stream({ id: "3" }),
    display("4", "image/svg+xml"),
    display("5", "image/png"),
  ];
  const plan = planOutputs(outputs);
  const ids = (part: readonly { id: string }[]) => part.map(({ id }) => id);
  expect([ids(plan.before), ids(plan.framed), ids(plan.after)]).toEqual([["1"], ["2", "3", "4"], ["5"]]);
  expect(planOutputs([stream()]).framed).toEqual([]);
});

test("of a traceback the last frame comes first and heading and message are said once", () => {
  const error = {
    t: "error",
    id: "o",
    ename: "ValueError",
    evalue: "no",
    traceback: [
      "\x1b[31m---------\x1b[39m",
      "\x1b[31mValueError\x1b[39m                     Traceback (most recent call last)",
      "Cell In[1], line 4\n----> 4 f()",
      "Cell In[1], line 2, in f()\n----> 2 raise",
      "\x1b[31mValueError\x1b[39m: no",
    ],
  } as const;
  expect(splitTraceback(error)).toEqual({
    earlier: ["Cell In[1], line 4\n----> 4 f()"],
    last: "Cell In[1], line 2, in f()\n----> 2 raise",
  });
  expect(splitTraceback({ ...error, traceback: [] })).toEqual({ earlier: [], last: null });
});

test("a missing package is named as pip knows it", () => {
  const missing = (name: string) =>
    explainError({
      t: "error",
      id: "o",
      ename: "ModuleNotFoundError",
      evalue: `No module named '${name}'`,
      traceback: [],
    });
  expect(missing("sklearn.svm")).toContain("scikit-learn");
  expect(missing("nopkg")).toContain("%pip install nopkg");
  expect(
    explainError({ t: "error", id: "o", ename: "ValueError", evalue: "No module named 'x'", traceback: [] }),
  ).toBeNull();
});

test("numbers are said as people read them", () => {
  expect([duration(90), duration(12_400), duration(65_000), duration(7_500_000)]).toEqual([
    "0.1 s",
    "12 s",
    "1 min 5 s",
    "2 h 5 min",
  ]);
  expect([shortDuration(12), shortDuration(2_340), shortDuration(65_000)]).toEqual(["12ms", "2.3s", "1:05"]);
  expect([clock(-5), clock(2_900), clock(61_000)]).toEqual(["0s", "2s", "1:01"]);
  expect([bytes(900), bytes(5_400), bytes(3_400_000_000)]).toEqual(["900 B", "5.3 KB", "3.2 GB"]);
  expect(ago(0, 5 * 60_000)).toBe("5 min ago");
});
