/** A password that an admin can give to somebody: to be read aloud and typed once. Pure; chance comes in. */

/** Without those that look alike. */
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

/** Four groups of five: 100 bits. `random` fills bytes. */
export function suggestPassword(random: (bytes: Uint8Array<ArrayBuffer>) => void): string {
  const bytes = new Uint8Array(20);
  random(bytes);
  const letters = Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length] ?? "");
  return [0, 5, 10, 15].map((at) => letters.slice(at, at + 5).join("")).join("-");
}
