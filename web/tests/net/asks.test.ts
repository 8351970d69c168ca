import { beforeEach, expect, test } from "vitest";

import { ASK_TIMEOUT, ASK_UNSUPPORTED, Asks } from "../../src/net/asks";
import { CONNECTION_LOST, NOT_CONNECTED } from "../../src/net/commands";
import type { Ask, CompleteAsk, Completions } from "../../src/wire/types";
import { ManualClock } from "../support/clock";

let clock: ManualClock;
let sent: Ask[];
let asks: Asks;
let ids = 0;

beforeEach(() => {
  clock = new ManualClock();
  sent = [];
  asks = new Asks(() => `a${++ids}`, clock);
  asks.connected([1, 2], (frame) => sent.push(frame) > 0);
});

const complete = (code: string): CompleteAsk => ({ t: "complete", code, cursor: code.length });
const completions = (start: number): Completions => ({ t: "completions", start, end: start, items: [], more: false });
const last = () => sent.at(-1)?.id ?? "";

test("an ask is answered once, with what was said to it", async () => {
  const one = asks.ask(complete("a"));
  const two = asks.ask({ t: "variables" });
  expect(asks.settle(sent[1]?.id ?? "", { t: "variable-list", items: [], total: 0 })).toBe(true);
  expect(asks.settle(sent[0]?.id ?? "", completions(1))).toBe(true);
  expect(asks.settle(sent[0]?.id ?? "", completions(2))).toBe(false);
  expect(await one).toEqual({ t: "told", answer: completions(1) });
  expect(await two).toEqual({ t: "told", answer: { t: "variable-list", items: [], total: 0 } });
});

test("an answer to something else is not taken for one", async () => {
  const one = asks.ask(complete("a"));
  asks.settle(last(), { t: "inspected", found: false, data: {} });
  expect(await one).toEqual({ t: "refused", problem: ASK_UNSUPPORTED });
});

test("in a lane one is under way, and only the newest is heard", async () => {
  const [one, two, three] = ["a", "ab", "abc"].map((code) => asks.ask(complete(code), "complete"));
  expect(sent.map(({ ask }) => ask)).toEqual([complete("a")]);
  expect(await one).toEqual({ t: "superseded" });
  expect(await two).toEqual({ t: "superseded" });
  asks.settle(last(), completions(1));
  expect(sent.map(({ ask }) => ask)).toEqual([complete("a"), complete("abc")]);
  asks.settle(last(), completions(3));
  expect(await three).toEqual({ t: "told", answer: completions(3) });
});

test("lanes do not wait for each other", () => {
  void asks.ask(complete("a"), "complete");
  void asks.ask({ t: "variables" }, "variables");
  expect(sent.length).toBe(2);
});

test("a kernel that does not answer is given up, and the next of the lane goes out", async () => {
  const one = asks.ask(complete("a"), "complete");
  clock.advance(60_000);
  expect(await one).toEqual({ t: "refused", problem: ASK_TIMEOUT });
  void asks.ask(complete("b"), "complete");
  expect(sent.length).toBe(2);
});

test("what is asked when the connection breaks is lost, and is not said again", async () => {
  const one = asks.ask(complete("a"), "complete");
  const two = asks.ask(complete("b"), "complete");
  const three = asks.ask({ t: "variables" });
  asks.disconnected();
  expect(await one).toEqual({ t: "superseded" });
  expect(await two).toEqual({ t: "refused", problem: NOT_CONNECTED });
  expect(await three).toEqual({ t: "refused", problem: CONNECTION_LOST });
  asks.connected([1, 2], (frame) => sent.push(frame) > 0);
  expect(sent.length).toBe(2);
});

test("without a connection, or with a server that is older, an ask is refused at once", async () => {
  asks.connected([1, 1], (frame) => sent.push(frame) > 0);
  expect(await asks.ask(complete("a"))).toEqual({ t: "refused", problem: ASK_UNSUPPORTED });
  asks.disconnected();
  expect(await asks.ask(complete("a"))).toEqual({ t: "refused", problem: NOT_CONNECTED });
  expect(sent).toEqual([]);
});
