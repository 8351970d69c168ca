/** Goes to an item by the first letters of its name, as they are typed. Pure; the moment is an argument. */

/** After so long a letter begins a new word. */
const PAUSE_MS = 800;

export interface Seek {
  readonly text: string;
  readonly at: number;
}

export const NO_SEEK: Seek = { text: "", at: 0 };

export function seek(before: Seek, letter: string, now: number): Seek {
  return { text: now - before.at > PAUSE_MS ? letter : before.text + letter, at: now };
}

export const isSeeking = ({ text, at }: Seek, now: number): boolean => text !== "" && now - at <= PAUSE_MS;

/** The next item whose name begins so, after the one with the keys; the same letter again goes on. */
export function soughtIn<T extends { readonly id: string; readonly name: string }>(
  items: readonly T[],
  { text }: Seek,
  focus: string | null,
): T | null {
  const letters = Array.from(text.toLocaleLowerCase());
  const same = letters.every((letter) => letter === letters[0]);
  const wanted = same ? (letters[0] ?? "") : letters.join("");
  const at = items.findIndex(({ id }) => id === focus);
  const from = same ? at + 1 : Math.max(0, at);
  const turned = [...items.slice(from), ...items.slice(0, from)];
  return turned.find(({ name }) => name.toLocaleLowerCase().startsWith(wanted)) ?? null;
}
