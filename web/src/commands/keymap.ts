/**
 * From strokes to commands: what is bound, what a beginning of a chord waits for, and what collides. Pure; the moment is
 * an argument.
 */
import type { Command } from "./command";
import { type Chord, parseChord } from "./keys";

export type Mode = Chord["mode"];

/** A chord of plain keys (`D D`) must go on quickly, or each key is one of its own. */
const PLAIN_CHORD_MS = 800;
/** After a prefix like Ctrl+M there is time to think. */
const PREFIX_CHORD_MS = 5_000;

export interface Waiting {
  /** What was pressed of a chord. */
  readonly strokes: readonly string[];
  readonly until: number;
}

export type Press =
  | { readonly t: "none" }
  /** The key begins or goes on with a chord: it is taken, and the page shows what was pressed. */
  | { readonly t: "waiting"; readonly waiting: Waiting }
  | { readonly t: "run"; readonly id: string }
  /** It ended a chord that means nothing; the key is taken all the same. */
  | { readonly t: "dropped" };

interface Bound extends Chord {
  readonly id: string;
}

export class Keymap {
  private readonly bound: readonly Bound[];

  constructor(bound: readonly Bound[]) {
    this.bound = bound;
  }

  /** In command mode the chords of both kinds hold, those of command mode first. */
  press(stroke: string, mode: Mode, waiting: Waiting | null, now: number): Press {
    const before = waiting !== null && now < waiting.until ? waiting.strokes : [];
    const strokes = [...before, stroke];
    const usable = this.bound.filter((bound) => bound.mode === "anywhere" || mode === "command");
    const found = usable.filter((bound) => startsWith(bound.strokes, strokes));
    const whole = found.filter((bound) => bound.strokes.length === strokes.length);
    const run = whole.find((bound) => bound.mode === mode) ?? whole[0];
    if (run !== undefined) return { t: "run", id: run.id };
    if (found.length > 0) {
      const span = /Ctrl|Alt|Meta/.test(strokes[0] ?? "") ? PREFIX_CHORD_MS : PLAIN_CHORD_MS;
      return { t: "waiting", waiting: { strokes, until: now + span } };
    }
    if (before.length === 0) return { t: "none" };
    // The second key of `D x` is a key of its own; after Ctrl+M it was meant for the chord.
    const prefixed = /Ctrl|Alt|Meta/.test(before[0] ?? "");
    return prefixed ? { t: "dropped" } : this.press(stroke, mode, null, now);
  }
}

const startsWith = (whole: readonly string[], start: readonly string[]) =>
  start.length <= whole.length && start.every((stroke, at) => stroke === whole[at]);

/** A person's own chords by command id, in place of the command's. */
export type Overrides = Readonly<Record<string, readonly string[]>>;

interface Keyed {
  readonly id: string;
  readonly keys?: readonly string[];
}

export const keysOf = (command: Keyed, overrides: Overrides): readonly string[] =>
  overrides[command.id] ?? command.keys ?? [];

export function keymapOf<C>(commands: readonly Command<C>[], overrides: Overrides, mac: boolean): Keymap {
  return new Keymap(
    commands.flatMap((command) =>
      keysOf(command, overrides).flatMap((text) =>
        parseChord(text, mac).map((chord) => ({ ...chord, id: command.id })),
      ),
    ),
  );
}

/** Settings in which `id` has these chords and no other command has keys that collide with them. */
export function rebind<C>(
  commands: readonly Command<C>[],
  overrides: Overrides,
  id: string,
  chords: readonly string[],
  mac: boolean,
): Overrides {
  const next: Record<string, readonly string[]> = { ...overrides, [id]: chords };
  for (const chord of chords) {
    for (const other of collisions(commands, next, id, chord, mac)) {
      const command = commands.find((one) => one.id === other);
      if (command === undefined) continue;
      next[other] = keysOf(command, next).filter((text) => !clashes(parseChord(text, mac), parseChord(chord, mac)));
    }
  }
  return next;
}

/** Two chords of one mode collide when one begins with the other: the shorter would hide the longer. */
export function clashes(some: readonly Chord[], others: readonly Chord[]): boolean {
  return some.some((one) =>
    others.some(
      (other) =>
        one.mode === other.mode && (startsWith(one.strokes, other.strokes) || startsWith(other.strokes, one.strokes)),
    ),
  );
}

/** Ids of other commands that this chord would take keys from, or that would hide it. */
export function collisions<C>(
  commands: readonly Command<C>[],
  overrides: Overrides,
  id: string,
  chord: string,
  mac: boolean,
): readonly string[] {
  const wanted = parseChord(chord, mac);
  return commands
    .filter((command) => command.id !== id)
    .filter((command) => keysOf(command, overrides).some((text) => clashes(parseChord(text, mac), wanted)))
    .map((command) => command.id);
}
