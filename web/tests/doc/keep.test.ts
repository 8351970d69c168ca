import { IDBFactory } from "fake-indexeddb";
import { expect, test } from "vitest";
import * as Y from "yjs";

import { DocumentKeep } from "../../src/doc/keep";

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
  await new DocumentKeep(factory).append("nb", "e1", typed("hello"), true);
  const kept = await new DocumentKeep(factory).load("nb");
  expect(kept).toMatchObject({ epoch: "e1", unsaved: true });
  expect(textOf(kept?.updates ?? [])).toBe("hello");
});

test("the mark stays through the server's own updates, and goes when all is durable", async () => {
  const keep = new DocumentKeep(new IDBFactory());
  await keep.append("nb", "e1", typed("a"), true);
  await keep.append("nb", "e1", typed("b"), false);
  expect((await keep.load("nb"))?.unsaved).toBe(true);
  await keep.saved("nb", "other");
  expect((await keep.load("nb"))?.unsaved).toBe(true);
  await keep.saved("nb", "e1");
  expect((await keep.load("nb"))?.unsaved).toBe(false);
});

test("another epoch takes the place of the one before; unsaved edits of that are put aside, never mixed in", async () => {
  const keep = new DocumentKeep(new IDBFactory());
  await keep.append("nb", "e1", typed("old"), true);
  await keep.append("nb", "e2", typed("new"), false);
  const kept = await keep.load("nb");
  expect(kept).toMatchObject({ epoch: "e2", unsaved: false });
  expect(textOf(kept?.updates ?? [])).toBe("new");
  const aside = await keep.loadAside("nb");
  expect(aside?.epoch).toBe("e1");
  expect(textOf(aside?.updates ?? [])).toBe("old");
  await keep.forgetAside("nb");
  expect(await keep.loadAside("nb")).toBeNull();
});

test("an epoch without unsaved edits is dropped when another comes", async () => {
  const keep = new DocumentKeep(new IDBFactory());
  await keep.append("nb", "e1", typed("old"), false);
  await keep.append("nb", "e2", typed("new"), false);
  expect(await keep.loadAside("nb")).toBeNull();
});

test("many updates are made one, and nothing of them is lost", async () => {
  const keep = new DocumentKeep(new IDBFactory());
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

test("a browser that keeps nothing is the same as an empty one", async () => {
  const broken = {
    open: () => {
      throw new DOMException("denied");
    },
  } as unknown as IDBFactory;
  expect(() => new DocumentKeep(broken)).not.toThrow();
  const keep = new DocumentKeep(broken);
  await keep.append("nb", "e1", typed("a"), true);
  expect(await keep.load("nb")).toBeNull();
});
