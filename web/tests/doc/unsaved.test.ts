import { expect, test } from "vitest";

import { Unsaved } from "../../src/doc/unsaved";

const update = (value: number) => new Uint8Array([value]);

test("updates are numbered from 1 on each connection", () => {
  const unsaved = new Unsaved();
  unsaved.connect([]);
  expect(unsaved.add(update(1))?.n).toBe(1);
  expect(unsaved.add(update(2))?.n).toBe(2);
  unsaved.saved(1);
  expect(unsaved.add(update(3))?.n).toBe(3);
  expect(unsaved.count).toBe(2);
  unsaved.disconnect();
  expect(unsaved.connect([update(9)])).toEqual([{ n: 1, update: update(9) }]);
});

test("an edit without a connection counts as unsaved and has no number", () => {
  const unsaved = new Unsaved();
  expect(unsaved.add(update(1))).toBeNull();
  expect(unsaved.count).toBe(1);
});

test("an acknowledgement of an earlier connection saves nothing", () => {
  const unsaved = new Unsaved();
  unsaved.connect([]);
  unsaved.add(update(1));
  unsaved.disconnect();
  unsaved.saved(1);
  expect(unsaved.count).toBe(1);
});

test("an acknowledgement covers all before it, and one said twice changes nothing", () => {
  const unsaved = new Unsaved();
  unsaved.connect([]);
  for (const value of [1, 2, 3]) unsaved.add(update(value));
  unsaved.saved(2);
  unsaved.saved(2);
  unsaved.saved(1);
  expect(unsaved.count).toBe(1);
  unsaved.saved(99);
  expect(unsaved.count).toBe(0);
});
