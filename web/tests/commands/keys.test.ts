import { describe, expect, it } from "vitest";

import { type Command, Commands } from "../../src/commands/command";
import { collisions, keymapOf, rebind } from "../../src/commands/keymap";
import { parseChord, showChord, strokeOf } from "../../src/commands/keys";
import { search } from "../../src/commands/search";

const press = (
  key: string,
  held: Partial<Record<"ctrlKey" | "altKey" | "shiftKey" | "metaKey", boolean>> = {},
  code = "",
) => strokeOf({ key, code, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...held });

describe("a key that was pressed", () => {
  it("is named with its modifiers in one order", () => {
    expect(press("p", { ctrlKey: true, shiftKey: true })).toBe("Ctrl+Shift+P");
    expect(press("Enter", { shiftKey: true })).toBe("Shift+Enter");
    expect(press("Escape")).toBe("Esc");
    expect(press(" ")).toBe("Space");
  });

  it("has no Shift where that only makes another sign", () => {
    expect(press("_", { ctrlKey: true, shiftKey: true })).toBe("Ctrl+_");
    expect(press("?", { shiftKey: true })).toBe("?");
  });

  it("is nothing when it is a modifier alone", () => {
    expect(press("Shift", { shiftKey: true })).toBeNull();
  });

  it("is known by its place on a keyboard of other letters", () => {
    expect(press("ь", { ctrlKey: true }, "KeyM")).toBe("Ctrl+M");
    expect(press("ь", {}, "KeyM")).toBe("ь");
  });
});

describe("a chord as text", () => {
  it("is read for the machine", () => {
    expect(parseChord("Mod+M B", false)).toEqual([{ mode: "anywhere", strokes: ["Ctrl+M", "B"] }]);
    expect(parseChord("Esc D D", false)).toEqual([{ mode: "command", strokes: ["D", "D"] }]);
    expect(parseChord("Shift+Mod+a", true)).toEqual([{ mode: "anywhere", strokes: ["Shift+Meta+A"] }]);
    expect(parseChord("", false)).toEqual([]);
  });

  it("is both Command and Control on a Mac for the prefix that Colab's hands know", () => {
    expect(parseChord("Mod+M B", true).map(({ strokes }) => strokes[0])).toEqual(["Meta+M", "Ctrl+M"]);
  });

  it("is shown as people write it", () => {
    expect(showChord("Mod+M B", false)).toBe("Ctrl+M B");
    expect(showChord("Mod+Shift+Enter", true)).toBe("⌘⇧Enter");
    expect(showChord("Esc D D", false)).toBe("D D");
    expect(showChord("Ctrl++", false)).toBe("Ctrl++");
  });
});

const commands: Command<null>[] = [
  { id: "b", title: "Below", keys: ["Mod+M B", "Esc B"], run: () => undefined },
  { id: "d", title: "Delete", keys: ["Esc D D"], run: () => undefined },
  { id: "run", title: "Run", keys: ["Shift+Enter"], run: () => undefined },
];
const keymap = keymapOf(commands, {}, false);

describe("a keymap", () => {
  it("runs single strokes and chords, each in its mode", () => {
    expect(keymap.press("B", "command", null, 0)).toEqual({ t: "run", id: "b" });
    expect(keymap.press("B", "anywhere", null, 0)).toEqual({ t: "none" });
    expect(keymap.press("Shift+Enter", "anywhere", null, 0)).toEqual({ t: "run", id: "run" });
    const begun = keymap.press("Ctrl+M", "anywhere", null, 0);
    if (begun.t !== "waiting") throw new Error(begun.t);
    expect(keymap.press("B", "anywhere", begun.waiting, 100)).toEqual({ t: "run", id: "b" });
  });

  it("takes the key that ends a prefix wrongly, so that it is not typed", () => {
    const begun = keymap.press("Ctrl+M", "anywhere", null, 0);
    if (begun.t !== "waiting") throw new Error(begun.t);
    expect(keymap.press("Q", "anywhere", begun.waiting, 100)).toEqual({ t: "dropped" });
  });

  it("forgets a chord of plain keys that is not gone on with soon, or goes on with another key", () => {
    const begun = keymap.press("D", "command", null, 0);
    if (begun.t !== "waiting") throw new Error(begun.t);
    expect(keymap.press("D", "command", begun.waiting, 799)).toEqual({ t: "run", id: "d" });
    expect(keymap.press("D", "command", begun.waiting, 5_000).t).toBe("waiting");
    expect(keymap.press("B", "command", begun.waiting, 100)).toEqual({ t: "run", id: "b" });
  });

  it("has a person's keys in place of the first ones", () => {
    const mine = keymapOf(commands, { d: ["Esc X"], b: [] }, false);
    expect(mine.press("X", "command", null, 0)).toEqual({ t: "run", id: "d" });
    expect(mine.press("D", "command", null, 0)).toEqual({ t: "none" });
    expect(mine.press("B", "command", null, 0)).toEqual({ t: "none" });
  });

  it("knows whose keys a new chord would take", () => {
    expect(collisions(commands, {}, "run", "Esc D", false)).toEqual(["d"]);
    expect(collisions(commands, {}, "run", "Mod+M B C", false)).toEqual(["b"]);
    expect(collisions(commands, {}, "b", "Mod+M B", false)).toEqual([]);
    expect(collisions(commands, { d: [] }, "run", "Esc D D", false)).toEqual([]);
  });
});

describe("giving a command other keys", () => {
  it("takes them from those who had them, and from nobody else", () => {
    const mine = rebind(commands, {}, "run", ["Esc D"], false);
    expect(mine).toEqual({ run: ["Esc D"], d: [] });
    expect(collisions(commands, mine, "run", "Esc D", false)).toEqual([]);
    expect(rebind(commands, {}, "d", ["Mod+M B"], false)).toEqual({ d: ["Mod+M B"], b: ["Esc B"] });
  });
});

describe("the registry", () => {
  it("runs what can be had, and nothing else", () => {
    const ran: string[] = [];
    const registry = new Commands<{ readonly open: boolean }>([
      { id: "x", title: "X", when: ({ open }) => open, run: () => ran.push("x") },
    ]);
    expect([registry.run("x", { open: false }), registry.run("x", { open: true })]).toEqual([false, true]);
    expect(ran).toEqual(["x"]);
  });

  it("refuses two of one id, and an id that is none", () => {
    expect(() => new Commands([...commands, ...commands])).toThrow();
    expect(() => new Commands(commands).get("nothing")).toThrow();
  });
});

describe("the search", () => {
  const titles = ["Run all", "Run before", "Restart kernel", "Clear all outputs"];
  const found = (query: string) => search(query, titles, (title) => title);
  it("puts beginnings first, then beginnings of words, then letters in order", () => {
    expect(found("run")).toEqual(["Run all", "Run before"]);
    expect(found("all")).toEqual(["Run all", "Clear all outputs"]);
    expect(found("rk")).toEqual(["Restart kernel"]);
    expect(found("all clear")).toEqual(["Clear all outputs"]);
    expect(found("zzz")).toEqual([]);
    expect(found("")).toEqual(titles);
  });
});
