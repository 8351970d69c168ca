import { beforeEach, expect, test } from "vitest";
import * as Y from "yjs";

import { indexOf } from "../../../src/doc/positions";
import { Selection } from "../../../src/notebook/model/selection";
import { Following } from "../../../src/notebook/people/following";
import { Whereabouts } from "../../../src/notebook/people/whereabouts";
import { Presence } from "../../../src/session/presence";
import type { FromPage, Peer, Place } from "../../../src/wire/types";
import { PLAIN_NAMES } from "../../support/names";
import { ManualClock } from "../../support/clock";

let clock: ManualClock;
let presence: Presence;
let told: (Place | null)[];

const at = (cell_id: string): Place => ({ cell_id, mode: "command", anchor: null, head: null });
const peer = (user: string, client_id: number, place: Place | null = null): Peer => ({
  key: { user, client_id },
  colour: 0,
  place,
});
const hear = (here: readonly Peer[], whole = false, gone: readonly Peer[] = []) =>
  presence.onPeers({ t: "peers", here, gone: gone.map(({ key }) => key), whole });

beforeEach(() => {
  clock = new ManualClock();
  presence = new Presence(1, clock, PLAIN_NAMES);
  told = [];
  presence.connected("ada", (frame: FromPage) => {
    if (frame.t === "presence") told.push(frame.place);
  });
});

test("others are told the selected cell, and the caret only of the cell whose editor has the keys", () => {
  const doc = new Y.Doc();
  const source = doc.getText("s");
  source.insert(0, "hello");
  const selection = new Selection(() => ["a", "b"]);
  const whereabouts = new Whereabouts(presence, selection);
  const stop = whereabouts.start();
  selection.select("a", "edit");
  clock.advance(1000);
  whereabouts.moved("a", source, 1, 4);
  clock.advance(1000);
  const place = told.at(-1);
  expect(place).toMatchObject({ cell_id: "a", mode: "edit" });
  expect([
    indexOf(source, place?.anchor ?? new Uint8Array()),
    indexOf(source, place?.head ?? new Uint8Array()),
  ]).toEqual([1, 4]);
  selection.select("b", "edit");
  clock.advance(1000);
  expect(told.at(-1)).toEqual({ cell_id: "b", mode: "edit", anchor: null, head: null });
  selection.select(null);
  clock.advance(1000);
  expect(told.at(-1)).toBeNull();
  stop();
  selection.select("a");
  clock.advance(1000);
  expect(told.at(-1)).toBeNull();
});

test("who is followed is followed from cell to cell, and no more when they are gone", () => {
  const following = new Following(presence);
  const stop = following.start();
  hear([peer("bob", 2, at("a"))], true);
  following.follow("bob/2");
  const seen: (string | null)[] = [];
  following.subscribe(() => seen.push(following.read()?.place?.cell_id ?? null));
  hear([peer("bob", 2, at("b"))]);
  hear([peer("eve", 3, at("c"))]);
  hear([], false, [peer("bob", 2)]);
  expect(seen).toEqual(["b", null]);
  stop();
});

test("a reconnect does not end it, unless they left meanwhile", () => {
  const following = new Following(presence);
  following.start();
  hear([peer("bob", 2)], true);
  following.follow("bob/2");
  presence.disconnected();
  expect(following.read()?.user).toBe("bob");
  presence.connected("ada", () => undefined);
  hear([peer("bob", 2, at("z"))], true);
  expect(following.read()?.place?.cell_id).toBe("z");
  presence.disconnected();
  hear([peer("eve", 3)], true);
  expect(following.read()).toBeNull();
});

test("next goes round, and pressing the one who is followed stops it", () => {
  const following = new Following(presence);
  hear([peer("bob", 2), peer("eve", 3)], true);
  const names: (string | undefined)[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    following.next();
    names.push(following.read()?.user);
  }
  expect(names).toEqual(["bob", "eve", "bob"]);
  following.toggle("bob/2");
  expect(following.read()).toBeNull();
});
