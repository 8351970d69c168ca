import { beforeEach, expect, test } from "vitest";

import type { Found } from "../../src/net/sharing-rest";
import { Chooser, choicesOf } from "../../src/sharing/model/chooser";
import { ManualClock } from "../support/clock";
import { settle } from "../support/server";

const BEN = { id: "b", login: "ben", shown: "Ben Okoro" };
const CAI = { id: "c", login: "cai", shown: "" };
const OCEANS = { id: "t", name: "Oceans" };

let clock: ManualClock;
let asked: { readonly words: string; readonly answer: (found: Found) => void; readonly signal: AbortSignal }[];
let chooser: Chooser;
const names = () => chooser.read().options.map(({ name }) => name);
const chosen = () => chooser.read().chosen.map(({ name }) => name);

beforeEach(() => {
  clock = new ManualClock();
  asked = [];
  chooser = new Chooser({
    search: (words, signal) => new Promise((answer) => asked.push({ words, answer, signal })),
    after: (ms, call) => clock.after(ms, call),
    taken: ({ id }) => id === "owner",
  });
});

async function find(words: string, found: Found): Promise<void> {
  chooser.type(words);
  clock.advance(500);
  asked.at(-1)?.answer(found);
  await settle();
}

test("nothing is asked before typing rests, and what is typed over is not heard any more", async () => {
  chooser.type("b");
  chooser.type("be");
  clock.advance(500);
  expect(asked.map(({ words }) => words)).toEqual(["be"]);
  chooser.type("ben");
  expect(asked[0]?.signal.aborted).toBe(true);
  asked[0]?.answer({ people: [CAI], teams: [] });
  await settle();
  expect(names()).toEqual([]);
});

test("people and teams are found, without those who have it and those who are chosen; the first is in focus", async () => {
  await find("o", { people: [{ id: "owner", login: "ana", shown: "Ana" }, BEN], teams: [OCEANS] });
  expect(names()).toEqual(["Ben Okoro", "Oceans"]);
  expect(chooser.read().at).toBe(0);
  expect(chooser.choose()).toBe(true);
  await find("o", { people: [BEN], teams: [OCEANS] });
  expect(names()).toEqual(["Oceans"]);
});

test("the keys go around the list, several are chosen, Backspace takes the last one back", async () => {
  await find("x", { people: [BEN, CAI], teams: [OCEANS] });
  chooser.step(-1);
  expect(chooser.read().at).toBe(2);
  chooser.step(1);
  chooser.step(1);
  expect(chooser.choose()).toBe(true);
  expect(chooser.read()).toMatchObject({ text: "", open: false, options: [] });
  await find("b", { people: [BEN], teams: [] });
  chooser.choose();
  expect(chosen()).toEqual(["cai", "Ben Okoro"]);
  expect(chooser.removeLast()).toBe(true);
  expect(chosen()).toEqual(["cai"]);
  chooser.type("z");
  expect(chooser.removeLast()).toBe(false);
});

test("Escape closes the list and keeps the words; without a list it is the dialog's", async () => {
  await find("b", { people: [BEN], teams: [] });
  expect(chooser.close()).toBe(true);
  expect(chooser.read().text).toBe("b");
  expect(chooser.choose()).toBe(false);
  expect(chooser.close()).toBe(false);
  chooser.step(1);
  expect(chooser.read().open).toBe(true);
});

test("a search that fails finds nobody, and says so", async () => {
  const broken = new Chooser({
    search: () => Promise.reject(new Error("gone")),
    after: (ms, call) => clock.after(ms, call),
    taken: () => false,
  });
  broken.type("b");
  clock.advance(500);
  await settle();
  expect(broken.read()).toMatchObject({ options: [], searched: "b", searching: false, at: -1 });
});

test("a login stands beside a name, and not beside itself", () => {
  const [ben, cai] = choicesOf({ people: [BEN, CAI], teams: [] });
  expect([ben?.login, cai?.login]).toEqual(["ben", ""]);
});
