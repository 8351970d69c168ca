import { beforeEach, expect, it } from "vitest";

import { SETTLED_MS, whenSaved } from "../../../src/notebook/revisions/settled";
import type { SessionStatus } from "../../../src/session/ports";
import { ManualClock } from "../../support/clock";
import { settle } from "../../support/server";

let clock: ManualClock;
let status: Pick<SessionStatus, "joined" | "unsaved">;
let listeners: Set<() => void>;

const wait = () => {
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return whenSaved({ status: () => status as SessionStatus, subscribe, timers: clock });
};
const become = (joined: boolean, unsaved: number) => {
  status = { joined, unsaved };
  for (const listener of listeners) listener();
};

beforeEach(() => {
  clock = new ManualClock();
  status = { joined: true, unsaved: 2 };
  listeners = new Set();
});

it("is there at once when nothing is on its way", async () => {
  become(true, 0);
  expect(await wait()).toBe(true);
  expect(listeners.size).toBe(0);
});

it("waits for the last edit, and for the connection", async () => {
  let answer: boolean | null = null;
  void wait().then((result) => (answer = result));
  become(true, 1);
  become(false, 0);
  await settle();
  expect(answer).toBeNull();
  become(true, 0);
  await settle();
  expect([answer, listeners.size]).toEqual([true, 0]);
});

it("says so when it does not come", async () => {
  const answer = wait();
  clock.advance(SETTLED_MS);
  expect(await answer).toBe(false);
  become(true, 0);
  expect(listeners.size).toBe(0);
});
