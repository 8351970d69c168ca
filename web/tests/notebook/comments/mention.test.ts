import { expect, test } from "vitest";

import { matching, mentionAt, peopleOf, SHOWN } from "../../../src/notebook/comments/mention";
import type { Thread } from "../../../src/runs/discussion";

/** The caret is where the bar stands. */
function begun(marked: string): string | null {
  const caret = marked.indexOf("|");
  const query = mentionAt(marked.replace("|", ""), caret);
  return query === null ? null : `${query.start}:${query.name}`;
}

test("a mention begins at an @ that is part of no word, address or path, and ends where a name ends", () => {
  expect(begun("@|")).toBe("0:");
  expect(begun("Ask @ad|a now")).toBe("4:ad");
  expect(begun("(@ada.love|)")).toBe("1:ada.love");
  expect(begun("问问@小|")).toBeNull();
  expect(begun("问问 @小|")).toBe("3:小");
  expect(begun("line\n@a|")).toBe("5:a");
  for (const none of ["|@ada", "@ada |", "ada@ex|", "https://x.org/@a|", "@@a|", "@_a|", "a.@b|", "@ada,|", "|"]) {
    expect(begun(none)).toBeNull();
  }
});

const said = (by: string): Thread => ({
  ...{ id: by, cell_id: "c", at: 1, quote: "", turn: 0, resolved: false, resolved_by: "", resolved_at: null },
  comments: [{ id: by, thread_id: by, by, at: 1, text: "@nobody", version: 0, edited_at: null, mentions: ["nobody"] }],
});

test("who is here comes first, then who commented or ran something, each once; never oneself, nor a name that is none", () => {
  const people = peopleOf({
    me: "me",
    here: ["zoe", "me", "bob", "zoe"],
    threads: [said("ada"), said("bob"), said("me")],
    ran: ["carl", "", "me", "two words", "_x", "dot."],
    called: (id) => id,
  });
  expect(people).toEqual([
    { name: "bob", here: true },
    { name: "zoe", here: true },
    { name: "ada", here: false },
    { name: "carl", here: false },
  ]);
});

const named = (...names: readonly string[]) => names.map((name) => ({ name, here: false }));
const found = (begin: string, ...names: readonly string[]) => matching(named(...names), begin).map(({ name }) => name);

test("names that begin so come before those of which a part does", () => {
  expect(found("LO", "ada-lovelace", "bob", "lola", "halo")).toEqual(["lola", "ada-lovelace"]);
  expect(found("", "ada", "bob")).toEqual(["ada", "bob"]);
  expect(found("x", "ada", "bob")).toEqual([]);
});

test("a name that is written out and no other's beginning is no question; never more than can be looked over", () => {
  expect(found("ada", "ada", "bob")).toEqual([]);
  expect(found("ada", "ada", "ada-b")).toEqual(["ada", "ada-b"]);
  expect(found("Ada", "ada")).toEqual(["ada"]);
  expect(found("p", ...Array.from({ length: 20 }, (_, at) => `p${at}`))).toHaveLength(SHOWN);
});
