import { expect, it } from "vitest";

import { commands } from "../../../src/notebook/commands";
import { parseChord } from "../../../src/commands/keys";
import { editing } from "../../../src/notebook/editor/keys";
import { editorShortcuts } from "../../../src/notebook/editor/shortcuts";

/** A key by one name: modifiers in one order, `Mod` as Ctrl. */
const named = (key: string, by: "+" | "-") => {
  const name = key.endsWith(by) ? by : key.slice(key.lastIndexOf(by) + 1);
  const modifiers = key
    .slice(0, key.length - name.length)
    .split(by)
    .filter(Boolean);
  return [...modifiers.map((one) => (one === "Mod" ? "Ctrl" : one)).sort(), name.toLowerCase()].join("+");
};

const bound = new Set(
  editing.flatMap(({ key, shift }) => {
    if (key === undefined) return [];
    return shift === undefined ? [named(key, "-")] : [named(key, "-"), named(`Shift-${key}`, "-")];
  }),
);

it("the keys that are told of editors are those that editors have", () => {
  const told = editorShortcuts.flatMap(({ keys }) => keys);
  expect(told.filter((key) => !bound.has(named(key, "+")))).toEqual([]);
});

it("no key of an editor is taken by the page before it comes there", () => {
  const taken = new Set(
    commands
      .all()
      .flatMap(({ keys }) => keys ?? [])
      .flatMap((text) => parseChord(text, false))
      .flatMap(({ mode, strokes: [first = ""] }) => (mode === "anywhere" ? [named(first, "+")] : [])),
  );
  const told = editorShortcuts.flatMap(({ keys }) => keys);
  expect(told.filter((key) => taken.has(named(key, "+")))).toEqual([]);
});
