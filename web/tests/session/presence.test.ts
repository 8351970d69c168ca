import { beforeEach, expect, test } from "vitest";
import * as Y from "yjs";

import { indexOf, positionAt } from "../../src/doc/positions";
import { Presence } from "../../src/session/presence";
import { type FromPage, LIMITS, type Peer, type Place } from "../../src/wire/types";
import { PLAIN_NAMES } from "../support/names";
import { ManualClock } from "../support/clock";

const PACE = LIMITS.PRESENCE_SECONDS * 1000;

let clock: ManualClock;
let sent: (Place | null)[];
let presence: Presence;

const send = (frame: FromPage) => {
  if (frame.t === "presence") sent.push(frame.place);
};
const place = (cell_id: string): Place => ({ cell_id, mode: "command", anchor: null, head: null });
const peer = (user: string, client_id: number, at: Place | null = null, colour = 0): Peer => ({
  key: { user, client_id },
  colour,
  place: at,
});
const hear = (here: readonly Peer[], gone: readonly Peer[] = [], whole = false) =>
  presence.onPeers({ t: "peers", here, gone: gone.map(({ key }) => key), whole });
const users = () => presence.all().map(({ user }) => user);

beforeEach(() => {
  clock = new ManualClock();
  sent = [];
  presence = new Presence(1, clock, PLAIN_NAMES);
  presence.connected("ada", send);
});

test("where this page is, is told at once, then at a pace, the last place always, and no place twice", () => {
  presence.at(place("a"));
  presence.at(place("b"));
  presence.at(place("c"));
  expect(sent).toEqual([place("a")]);
  clock.advance(PACE);
  expect(sent).toEqual([place("a"), place("c")]);
  presence.at(place("c"));
  clock.advance(10 * PACE);
  expect(sent).toHaveLength(2);
});

test("after a reconnect the place is told again, and what was not told is told then", () => {
  presence.at(place("a"));
  presence.disconnected();
  presence.at(place("b"));
  clock.advance(10 * PACE);
  expect(sent).toEqual([place("a")]);
  presence.connected("ada", send);
  expect(sent).toEqual([place("a"), place("b")]);
});

test("this page is none of the others; another window of the same user is, as one's own", () => {
  hear([peer("ada", 1), peer("ada", 2), peer("bob", 1)], [], true);
  expect(presence.all().map(({ user, own }) => [user, own])).toEqual([
    ["ada", true],
    ["bob", false],
  ]);
});

test("others come, move and go; a whole list forgets who is not in it; without a connection nobody is known", () => {
  hear([peer("bob", 2), peer("eve", 3)], [], true);
  hear([peer("joe", 4)], [peer("eve", 3)]);
  expect(users()).toEqual(["bob", "joe"]);
  hear([peer("joe", 4)], [], true);
  expect(users()).toEqual(["joe"]);
  presence.disconnected();
  expect(users()).toEqual([]);
});

test("only who looks at a cell that somebody came to or left is woken", () => {
  hear([peer("bob", 2, place("a")), peer("eve", 3, place("b"))], [], true);
  const woken: string[] = [];
  for (const id of ["a", "b", "c"]) presence.subscribeCell(id, () => woken.push(id));
  const before = presence.atCell("b");
  hear([peer("bob", 2, place("c"))]);
  expect(woken).toEqual(["a", "c"]);
  expect(presence.atCell("a")).toEqual([]);
  expect(presence.atCell("c").map(({ user }) => user)).toEqual(["bob"]);
  expect(presence.atCell("b")).toBe(before);
});

test("a position stays at its character while others type before it", () => {
  const doc = new Y.Doc();
  const text = doc.getText("t");
  text.insert(0, "hello");
  const position = positionAt(text, 3);
  const end = positionAt(text, 5);
  text.insert(0, "oh ");
  expect(indexOf(text, position)).toBe(6);
  expect(indexOf(text, end)).toBe(8);
  expect(position.length).toBeLessThanOrEqual(LIMITS.PRESENCE_POSITION_BYTES);
});

test("what is no position, or one of another text, is nowhere", () => {
  const doc = new Y.Doc();
  const [one, other] = [doc.getText("one"), doc.getText("other")];
  one.insert(0, "abc");
  expect(indexOf(other, positionAt(one, 1))).toBeNull();
  for (const bytes of [[], [9], [0, 255, 255, 255, 255, 255, 15, 3], [1], [0, 1, 2]]) {
    expect(indexOf(one, new Uint8Array(bytes))).toBeNull();
  }
});
