/** A text in parts, those that are words of a search marked. Pure. */

export interface Part {
  readonly text: string;
  readonly marked: boolean;
}

const escaped = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

export function markedParts(text: string, words: string): readonly Part[] {
  const wanted = words.normalize("NFC").split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [{ text, marked: false }];
  // The longest first: of two that begin at one place it is the one that is seen.
  const longest = [...wanted].sort((one, other) => other.length - one.length).map(escaped);
  return text
    .split(new RegExp(`(${longest.join("|")})`, "giu"))
    .map((part, at) => ({ text: part, marked: at % 2 === 1 }))
    .filter((part) => part.text !== "");
}
