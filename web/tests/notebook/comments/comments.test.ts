import { beforeEach, expect, test } from "vitest";

import { Conversation } from "../../../src/notebook/comments/conversation";
import { groupThreads } from "../../../src/notebook/comments/groups";
import { partsOf } from "../../../src/notebook/comments/linkify";
import type { Thread } from "../../../src/runs/discussion";

const comment = (id: string, by: string, at: number) => ({
  ...{ id, by, at, thread_id: "t", text: id, version: 0, edited_at: null, mentions: [] },
});
const thread = (id: string, cell_id: string, fields: Partial<Thread> = {}): Thread => ({
  ...{ id, cell_id, at: 1, quote: "", turn: 0, resolved: false, resolved_by: "", resolved_at: null },
  comments: [comment(`${id}-1`, "bob", 5)],
  ...fields,
});

const shown = (text: string, mentions: readonly string[] = []) =>
  partsOf(text, mentions).map((part) => (part.t === "text" ? part.text : `[${part.t} ${part.text}]`));

test("a link of the web becomes one, without what stands behind it in the sentence", () => {
  expect(shown("See https://example.org/a?b=1, and (http://x.org/y(z)).")).toEqual([
    "See ",
    "[link https://example.org/a?b=1]",
    ", and (",
    "[link http://x.org/y(z)]",
    ").",
  ]);
});

test("nothing else becomes a link", () => {
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,x",
    "<a href=x>",
    "ftp://x.org",
    "https://",
    "www.x.org",
  ]) {
    expect(partsOf(text, [])).toEqual([{ t: "text", text }]);
  }
});

test("a mention is what the server found, as a whole word, and never within a link", () => {
  expect(shown("@ada, @ada-lovelace and https://x.org/@ada @adam", ["ada", "ada-lovelace"])).toEqual([
    "[mention @ada]",
    ", ",
    "[mention @ada-lovelace]",
    " and ",
    "[link https://x.org/@ada]",
    " @adam",
  ]);
});

test("threads of the selected cell come first, the others as their cells stand, those of deleted cells last", () => {
  const threads = [thread("t1", "c"), thread("t2", "a"), thread("t3", "gone"), thread("t4", "b"), thread("t5", "a")];
  const { here, others, gone } = groupThreads(threads, ["a", "b", "c"], "b", false);
  expect([here, others, gone].map((group) => group.map(({ id }) => id))).toEqual([["t4"], ["t2", "t5", "t1"], ["t3"]]);
  expect(groupThreads(threads, ["a"], "a", true)).toEqual({ here: [], others: [], gone: [] });
  expect(groupThreads([thread("t", "x")], [], "x", false).gone).toHaveLength(1);
});

class Memory {
  readonly kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
}

let storage: Memory;
let threads: readonly Thread[];
let told: (() => void)[];

beforeEach(() => {
  storage = new Memory();
  threads = [];
  told = [];
});

function conversation(): Conversation {
  const runs = {
    threads: () => threads,
    subscribeThreads: (listener: () => void) => {
      told.push(listener);
      return () => undefined;
    },
  };
  const made = new Conversation({ notebook: "n", runs, user: () => "ada", storage });
  made.start();
  return made;
}

function say(...next: readonly Thread[]): void {
  threads = next;
  for (const listener of told) listener();
}

test("comments of others are new until they were shown, also in another page of this browser; one's own never are", () => {
  const here = conversation();
  say(thread("t1", "a"), thread("t2", "a", { comments: [comment("k", "ada", 9)] }));
  expect([...here.read().unread]).toEqual(["t1"]);
  here.see(threads);
  expect([...here.read().unread]).toEqual([]);
  expect([...conversation().read().unread]).toEqual([]);
  say(thread("t1", "a", { comments: [comment("k1", "bob", 5), comment("k2", "bob", 6)] }));
  expect([...here.read().unread]).toEqual(["t1"]);
});

test("what is kept of threads that are gone goes, and what cannot be read is nothing", () => {
  const here = conversation();
  say(thread("t1", "a"));
  here.see(threads);
  say(thread("t2", "a"));
  here.see(threads);
  expect(Object.keys(JSON.parse([...storage.kept.values()][0] ?? "{}") as object)).toEqual(["t2"]);
  storage.kept.set("noctule.comments.n", '[1, {"t2": "x"}');
  say(thread("t2", "a"));
  expect([...conversation().read().unread]).toEqual(["t2"]);
});

test("a draft is kept until it is sent or dropped", () => {
  const here = conversation();
  here.setDraft("new a", "half a word");
  expect(here.draft("new a")).toBe("half a word");
  here.setDraft("new a", "");
  expect(here.draft("new a")).toBe("");
});
