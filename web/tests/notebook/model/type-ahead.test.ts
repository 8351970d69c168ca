import { expect, test } from "vitest";

import { TypeAhead } from "../../../src/notebook/model/type-ahead";

function typed(...keys: string[]): TypeAhead {
  const ahead = new TypeAhead();
  ahead.expect();
  keys.forEach((key) => ahead.press(key));
  return ahead;
}

test("what is typed for a field that comes is given to it once", () => {
  const ahead = typed("r", "u", "Enter", "ArrowLeft", "n", "\u{1f389}");
  expect(ahead.isWaiting).toBe(true);
  expect(ahead.end()).toBe("run\u{1f389}");
  expect(ahead.isWaiting).toBe(false);
  expect(ahead.end()).toBe("");
});

test("a correction takes away whole characters, and none that is not there", () => {
  expect(typed("a", "\u{1f389}", "Backspace", "b").end()).toBe("ab");
  expect(typed("Backspace", "Backspace", "b").end()).toBe("b");
});

test("nothing is kept when nobody waits", () => {
  const ahead = new TypeAhead();
  ahead.press("x");
  expect(ahead.isWaiting).toBe(false);
  ahead.expect();
  ahead.press("y");
  ahead.expect();
  expect(ahead.end()).toBe("");
});
