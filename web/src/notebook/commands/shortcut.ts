/** The keys of a command as a person reads them: its own, or those that were chosen for it. Pure. */
import { keysOf, type Overrides } from "../../commands/keymap";
import { showChord } from "../../commands/keys";
import { isMac } from "../../platform";
import { commands } from "./index";

/** The first of its chords; undefined when it has none. */
export function shortcutOf(id: string, overrides: Overrides): string | undefined {
  const [first] = keysOf(commands.get(id), overrides);
  return first === undefined ? undefined : showChord(first, isMac);
}
