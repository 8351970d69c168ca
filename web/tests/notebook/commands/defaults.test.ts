import { expect, it } from "vitest";

import { clashes } from "../../../src/commands/keymap";
import { parseChord } from "../../../src/commands/keys";
import { commands } from "../../../src/notebook/commands";

it.each([true, false])("no first shortcut of the page hides another, nor is hidden by one (Mac: %s)", (mac) => {
  const all = commands
    .all()
    .flatMap(({ id, keys = [] }) => keys.map((text) => ({ id, text, chords: parseChord(text, mac) })));
  const clashing = all.flatMap((one, at) =>
    all
      .slice(at + 1)
      .filter((other) => clashes(one.chords, other.chords))
      .map((other) => `${one.id} ${one.text} / ${other.id} ${other.text}`),
  );
  expect(clashing).toEqual([]);
});
