/** Keys that a terminal does not get, and those that fingers press instead. Pure. */
import { parseChord, strokeOf } from "../../../commands/keys";

export type KeyUse = "page" | "copy" | "paste" | "terminal";

interface KeyAround {
  /** The chords of the command that leaves the terminal. */
  readonly leave: readonly string[];
  readonly selected: boolean;
  readonly mac: boolean;
}

/** Whose a key is. Ctrl+C copies where something is selected, and interrupts elsewhere; Ctrl+V pastes. */
export function keyUse(event: KeyboardEvent, { leave, selected, mac }: KeyAround): KeyUse {
  const stroke = strokeOf(event);
  if (stroke === null) return "terminal";
  const own = leave.flatMap((text) => parseChord(text, mac));
  if (own.some(({ strokes }) => strokes.length === 1 && strokes[0] === stroke)) return "page";
  if (stroke === "Ctrl+Shift+C" || (stroke === (mac ? "Meta+C" : "Ctrl+C") && selected)) return "copy";
  if (stroke === "Ctrl+Shift+V" || stroke === (mac ? "Meta+V" : "Ctrl+V")) return "paste";
  return "terminal";
}

export type Arrow = "up" | "down" | "left" | "right";
const ARROWS: Readonly<Record<Arrow, string>> = { up: "A", down: "B", right: "C", left: "D" };

/** What an arrow key sends. */
export const arrow = (which: Arrow, application: boolean): string => `\x1b${application ? "O" : "["}${ARROWS[which]}`;

/**
 * Text as it may be pasted. A page that it was copied from can have put in it what ends the marks around a paste, after
 * which its lines would run: of what cannot be seen only tabs and ends of lines are kept.
 */
export const pasted = (text: string): string => text.replace(/(?![\t\n\r])\p{Cc}/gu, "");

/** What was typed while Ctrl was held: of one letter or sign its control character, anything else as it is. */
export function controlled(data: string): string {
  const upper = data.toUpperCase();
  const code = upper.charCodeAt(0);
  if (data.length !== 1 || code < 0x40 || code > 0x5f) return data === " " ? "\0" : data;
  return String.fromCharCode(code & 0x1f);
}
