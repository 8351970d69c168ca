import { IDBFactory } from "fake-indexeddb";
import { expect, test } from "vitest";
import * as Y from "yjs";

import { DocumentKeep } from "../../src/doc/keep";
import { Parting, type Shelf } from "../../src/doc/parting";
import { LIMITS } from "../../src/wire/types";

function emptyShelf(): Shelf {
  const rows = new Map<string, string>();
  return {
    get length() {
      return rows.size;
    },
    key: (index) => [...rows.keys()][index] ?? null,
    getItem: (key) => rows.get(key) ?? null,
    setItem: (key, value) => void rows.set(key, value),
    removeItem: (key) => void rows.delete(key),
  };
}

function keepIn(factory: IDBFactory, tab = "tab", shelf = emptyShelf()): DocumentKeep {
  return new DocumentKeep(factory, new Parting(shelf, tab), tab);
}

function typed(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText("t").insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}

function textOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText("t").toJSON();
}

test("what is appended is there for the next visit, with the mark that it was not saved", async () => {
  const factory = new IDBFactory();
  await keepIn(factory).append("nb", "e1", typed("hello"), true);
  const kept = await keepIn(factory).load("nb");
  expect(kept?.epoch).toBe("e1");
  expect(textOf(kept?.updates ?? [])).toBe("hello");
  expect(textOf(kept?.unsaved ?? [])).toBe("hello");
});

test("the mark stays through the server's own updates, and goes when all is durable", async () => {
  const keep = keepIn(new IDBFactory());
  await keep.append("nb", "e1", typed("a"), true);
  await keep.append("nb", "e1", typed("b"), false);
  expect(textOf((await keep.load("nb"))?.unsaved ?? [])).toBe("a");
  await keep.saved("nb", "other");
  expect(textOf((await keep.load("nb"))?.unsaved ?? [])).toBe("a");
  await keep.saved("nb", "e1");
  expect((await keep.load("nb"))?.unsaved).toEqual([]);
});

test("another epoch takes the place of the one before; unsaved edits of that are put aside, never mixed in", async () => {
  const keep = keepIn(new IDBFactory());
  await keep.append("nb", "e1", typed("old"), true);
  await keep.append("nb", "e2", typed("new"), false);
  const kept = await keep.load("nb");
  expect(kept).toMatchObject({ epoch: "e2", unsaved: [] });
  expect(textOf(kept?.updates ?? [])).toBe("new");
  const aside = await keep.loadAside("nb");
  expect(aside?.epoch).toBe("e1");
  expect(textOf(aside?.updates ?? [])).toBe("old");
  await keep.forgetAside("nb");
  expect(await keep.loadAside("nb")).toBeNull();
});

test("an epoch without unsaved edits is dropped when another comes", async () => {
  const keep = keepIn(new IDBFactory());
  await keep.append("nb", "e1", typed("old"), false);
  await keep.append("nb", "e2", typed("new"), false);
  expect(await keep.loadAside("nb")).toBeNull();
});

test("many updates are made one, and nothing of them is lost", async () => {
  const keep = keepIn(new IDBFactory());
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  for (let count = 0; count < 250; count += 1) doc.getText("t").insert(count, "x");
  for (const update of updates) await keep.append("nb", "e1", update, true);
  const first = await keep.load("nb");
  expect(first?.updates).toHaveLength(1);
  expect(textOf(first?.updates ?? [])).toBe("x".repeat(250));
  expect(await keep.load("nb")).toEqual(first);
});

test("what is unsaved is never merged to more than the server takes at once, and keeps its order", async () => {
  const factory = new IDBFactory();
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  const page = "x".repeat(10_000);
  for (let count = 0; count < 250; count += 1) doc.getText("t").insert(0, page);
  const offline = keepIn(factory);
  for (const update of updates) void offline.append("nb", "e1", update, true);
  await offline.append("nb", "e1", typed("from the server"), false);
  const kept = await keepIn(factory, "next").load("nb");
  expect(kept?.unsaved.length).toBeLessThan(20);
  const server = new Y.Doc();
  for (const update of kept?.unsaved ?? []) {
    expect(update.length).toBeLessThanOrEqual(LIMITS.UPDATE_BYTES);
    Y.applyUpdate(server, update);
    // Nothing waits for an update that comes later: the server would refuse it.
    expect(server.store.pendingStructs).toBeNull();
  }
  expect(server.getText("t").length).toBe(2_500_000);
});

test("a browser that keeps nothing is the same as an empty one", async () => {
  const broken = {
    open: () => {
      throw new DOMException("denied");
    },
  } as unknown as IDBFactory;
  expect(() => keepIn(broken)).not.toThrow();
  const keep = keepIn(broken);
  await keep.append("nb", "e1", typed("a"), true);
  expect(await keep.load("nb")).toBeNull();
});

/** The bits of typing a text, one update for each character. */
function keystrokes(text: string): readonly Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  for (let index = 0; index < text.length; index += 1) doc.getText("t").insert(index, text.charAt(index));
  return updates;
}

test("what is typed up to the moment in which the page is left is there at the next visit", async () => {
  const shelf = emptyShelf();
  const lost = new IDBFactory();
  const leaving = keepIn(lost, "one", shelf);
  for (const update of keystrokes("kept = True")) void leaving.append("nb", "e1", update, true);
  leaving.leave();
  // Of this page's own writes none comes to its end.
  const factory = new IDBFactory();
  const kept = await keepIn(factory, "two", shelf).load("nb");
  expect(kept?.epoch).toBe("e1");
  expect(textOf(kept?.unsaved ?? [])).toBe("kept = True");
  expect(shelf.length).toBe(0);
  const again = await keepIn(factory, "three", shelf).load("nb");
  expect(textOf(again?.updates ?? [])).toBe("kept = True");
});

test("pages that close together leave their edits beside one another, each for its own notebook", async () => {
  const shelf = emptyShelf();
  const one = keepIn(new IDBFactory(), "one", shelf);
  const two = keepIn(new IDBFactory(), "two", shelf);
  void one.append("nb", "e1", typed("a"), true);
  void one.append("other", "e7", typed("o"), true);
  void two.append("nb", "e1", typed("b"), true);
  one.leave();
  two.leave();
  const next = keepIn(new IDBFactory(), "three", shelf);
  expect(textOf((await next.load("nb"))?.updates ?? [])).toMatch(/^(ab|ba)$/);
  const other = await next.load("other");
  expect(other?.epoch).toBe("e7");
  expect(textOf(other?.unsaved ?? [])).toBe("o");
});

test("an edit left behind of an earlier epoch is put aside, and the copy of the present one stays as it is", async () => {
  const shelf = emptyShelf();
  const factory = new IDBFactory();
  const early = keepIn(factory, "one", shelf);
  void early.append("nb", "e1", typed("old"), true);
  early.leave();
  await early.append("nb", "e2", typed("new"), false);
  await early.forgetAside("nb");
  const next = keepIn(factory, "two", shelf);
  expect(textOf((await next.load("nb"))?.updates ?? [])).toBe("new");
  const aside = await next.loadAside("nb");
  expect(aside?.epoch).toBe("e1");
  expect(textOf(aside?.updates ?? [])).toBe("old");
});

test("nothing that the server gave is left behind: it has it", () => {
  const shelf = emptyShelf();
  const keep = keepIn(new IDBFactory(), "one", shelf);
  void keep.append("nb", "e1", typed("a"), false);
  keep.leave();
  expect(shelf.length).toBe(0);
});

test("a tab that has everything saved says nothing of another tab's edits", async () => {
  const factory = new IDBFactory();
  const offline = keepIn(factory, "one");
  await offline.append("nb", "e1", typed("a"), true);
  const other = keepIn(factory, "two");
  await other.append("nb", "e1", typed("b"), true);
  await other.saved("nb", "e1");
  const third = keepIn(factory, "three");
  expect(textOf((await third.load("nb"))?.unsaved ?? [])).toBe("a");
  await third.saved("nb", "e1");
  expect((await third.load("nb"))?.unsaved).toEqual([]);
});

test("it is known of how many notebooks something is not saved, and all of it can be forgotten", async () => {
  const factory = new IDBFactory();
  const shelf = emptyShelf();
  const keep = keepIn(factory, "tab", shelf);
  await keep.append("saved", "e1", typed("a"), false);
  await keep.append("typed", "e1", typed("b"), true);
  await keep.append("aside", "e1", typed("c"), true);
  await keep.append("aside", "e2", typed("d"), false);
  expect(await keep.unsaved()).toBe(2);
  new Parting(shelf, "other").leave([{ notebook: "typed", epoch: "e1", update: typed("e") }]);
  shelf.setItem("noctule-settings", "stays");
  await keep.forgetAll();
  expect(await keep.unsaved()).toBe(0);
  for (const notebook of ["saved", "typed", "aside"])
    expect(await keepIn(factory, "next", shelf).load(notebook)).toBeNull();
  expect(shelf.length).toBe(1);
});
