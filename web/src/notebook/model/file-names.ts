/** Names of files as people can safely read them, and what can be a name. Pure. */

/** Bytes that are no UTF-8 come as these characters (agent: files/names.py). */
const RAW = /[\uf780-\uf7ff]/gu;
/** Control characters, and those that change the direction of what follows or cannot be seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

const hex = (code: number, digits: number) => code.toString(16).padStart(digits, "0");

/** The name, with what cannot be seen in it made visible. */
export const shownName = (name: string): string =>
  name
    .replace(RAW, (char) => `\\x${hex(char.charCodeAt(0) & 0xff, 2)}`)
    .replace(UNSEEN, (char) => `\\u{${hex(char.codePointAt(0) ?? 0, 4)}}`);

/** It can be one name in a folder. */
export const canBeName = (name: string): boolean =>
  name !== "" && name !== "." && name !== ".." && !name.includes("/") && !name.includes("\0");

/** `name`, or `name (2)`, ... : the first that is not taken. The number stands before the ending. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const dot = name.lastIndexOf(".");
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  for (let number = 2; ; number++) {
    const wanted = `${stem} (${number})${ending}`;
    if (!taken.has(wanted)) return wanted;
  }
}

const IMAGES: ReadonlySet<string> = new Set(["png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "svg"]);

export const endingOf = (name: string): string =>
  (name.lastIndexOf(".") > 0 ? name.slice(name.lastIndexOf(".") + 1) : "").toLowerCase();

/** The page can show it as a picture. */
export const isPicture = (name: string): boolean => IMAGES.has(endingOf(name));

const SEPARATED: ReadonlySet<string> = new Set(["csv", "tsv"]);

/** The page can show it as a table. */
export const isSeparated = (name: string): boolean => SEPARATED.has(endingOf(name));
