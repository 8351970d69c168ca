import { expect, test } from "vitest";

import { Trust } from "../../../src/notebook/model/trust";

function trustOf(user: string, owner: string, kept = new Map<string, string>()) {
  const asked: (() => void)[] = [];
  const trust = new Trust({
    notebook: "nb",
    storage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) },
    people: () => ({ user, owner }),
    ask: (run) => asked.push(run),
  });
  let ran = 0;
  return { run: () => trust.guard(() => (ran += 1)), asked, ran: () => ran };
}

test("one's own notebook runs at once", () => {
  const { run, ran, asked } = trustOf("ana", "ana");
  run();
  expect([ran(), asked.length]).toEqual([1, 0]);
});

test("that of somebody else runs when it is allowed, and is asked about once by each person", () => {
  const kept = new Map<string, string>();
  const ben = trustOf("ben", "ana", kept);
  ben.run();
  expect(ben.ran()).toBe(0);
  ben.asked[0]?.();
  expect(ben.ran()).toBe(1);
  ben.run();
  expect([ben.ran(), ben.asked.length]).toEqual([2, 1]);
  const cai = trustOf("cai", "ana", kept);
  cai.run();
  expect([cai.ran(), cai.asked.length]).toEqual([0, 1]);
});
