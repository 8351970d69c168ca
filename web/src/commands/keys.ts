/**
 * Key chords as text, and how a key event is named. Pure.
 *
 * A chord is strokes with spaces between: `Mod+M B` is Ctrl+M (on a Mac also Command+M), then B. A stroke is modifiers in
 * the order Ctrl, Alt, Shift, Meta, then a key by its name of `KeyboardEvent.key`, letters in upper case. A chord that
 * begins with `Esc` belongs to command mode, in which a cell is selected and no editor has the keys: `Esc D D`.
 */

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
}

export interface Chord {
  readonly mode: "anywhere" | "command";
  readonly strokes: readonly string[];
}

const ORDER = ["Ctrl", "Alt", "Shift", "Meta"] as const;
const MODIFIER_KEYS: ReadonlySet<string> = new Set(["Control", "Alt", "Shift", "Meta", "AltGraph", "CapsLock", "Dead"]);
const NAMES: Readonly<Record<string, string>> = { " ": "Space", Escape: "Esc" };

const isLetter = (key: string) => /^[a-z]$/i.test(key);

/** The key itself: a letter or digit by its place where the layout or Alt gives something else than ASCII. */
function keyName({ key, code, ctrlKey, altKey, metaKey }: KeyPress): string {
  const place = /^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1];
  const strange = key.length === 1 && key.charCodeAt(0) > 126;
  if (place !== undefined && strange && (ctrlKey || altKey || metaKey)) return place;
  if (isLetter(key)) return key.toUpperCase();
  return NAMES[key] ?? key;
}

/** The name of what was pressed; null for a modifier alone. Shift is left out where it only makes another sign. */
export function strokeOf(press: KeyPress): string | null {
  if (MODIFIER_KEYS.has(press.key)) return null;
  const name = keyName(press);
  const sign = name.length === 1 && !/[A-Z0-9]/.test(name);
  const held = { Ctrl: press.ctrlKey, Alt: press.altKey, Shift: press.shiftKey && !sign, Meta: press.metaKey };
  return [...ORDER.filter((modifier) => held[modifier]), name].join("+");
}

function ordered(stroke: string): string {
  const key = stroke.endsWith("++") ? "+" : stroke.slice(stroke.lastIndexOf("+") + 1);
  const modifiers = stroke.slice(0, stroke.length - key.length).split("+");
  return [...ORDER.filter((modifier) => modifiers.includes(modifier)), isLetter(key) ? key.toUpperCase() : key].join(
    "+",
  );
}

/** What a chord of the registry or of the settings means on this machine: one chord, or two for `Mod` on a Mac. */
export function parseChord(text: string, mac: boolean): readonly Chord[] {
  const [first, ...rest] = text.split(" ").filter(Boolean);
  if (first === undefined) return [];
  const mode = first === "Esc" && rest.length > 0 ? "command" : "anywhere";
  const strokes = mode === "command" ? rest : [first, ...rest];
  const made = (mod: string) =>
    ({ mode, strokes: strokes.map((stroke) => ordered(stroke.replace("Mod", mod))) }) as const;
  if (!mac) return [made("Ctrl")];
  // Colab takes both on a Mac for its prefix, and hands know one or the other.
  return /^Mod\+M /.test(text) ? [made("Meta"), made("Ctrl")] : [made("Meta")];
}

const MAC_SIGNS: Readonly<Record<string, string>> = { Ctrl: "⌃", Alt: "⌥", Shift: "⇧", Meta: "⌘", Mod: "⌘" };
const SIGNS: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Mod: "Ctrl",
};

/** As it is written for people: `Ctrl+M B`, `⌘M B`, `D D`. */
export function showChord(text: string, mac: boolean): string {
  const strokes = text.split(" ").filter(Boolean);
  const shown = strokes[0] === "Esc" && strokes.length > 1 ? strokes.slice(1) : strokes;
  return shown
    .map((stroke) => {
      const parts = (stroke.endsWith("++") ? [...stroke.slice(0, -2).split("+"), "+"] : stroke.split("+")).map(
        (part) => (mac ? MAC_SIGNS[part] : undefined) ?? SIGNS[part] ?? part,
      );
      return parts.join(mac ? "" : "+");
    })
    .join(" ");
}
