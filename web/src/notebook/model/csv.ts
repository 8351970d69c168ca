/**
 * Text with separated values as rows of fields (RFC 4180, and what spreadsheets of other countries write). Pure; never
 * fails: a quote that is not closed reaches to the end.
 */

export interface Separated {
  /** The first line. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** There is more than was read. */
  readonly cut: boolean;
}

/** A table of more would make the page slow. */
const MOST_FIELDS = 400_000;
/** In so many characters it is looked for. */
const HEAD_CHARS = 64_000;
const SEPARATORS = [",", ";", "\t", "|"] as const;

/** The one that the first line has most of, outside of quotes. */
function separatorOf(text: string): string {
  const [line = ""] = /^.*/.exec(text.slice(0, HEAD_CHARS).replace(/"[^"]*"?/g, "")) ?? [];
  const count = (separator: string) => line.split(separator).length;
  return SEPARATORS.reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}

/** `separator` where the file's name says it. Lines without anything are left out. */
export function readSeparated(text: string, separator = separatorOf(text)): Separated {
  const lines: string[][] = [];
  let line: string[] = [];
  let fields = 0;
  let at = 0;
  const field = new RegExp(`"([^"]*(?:""[^"]*)*)(?:"|$)([^${separator}\\r\\n]*)|[^${separator}\\r\\n]*`, "y");
  while (at < text.length && fields < MOST_FIELDS) {
    field.lastIndex = at;
    const [whole = "", quoted, rest = ""] = field.exec(text) ?? [];
    line.push(quoted === undefined ? whole : quoted.replaceAll('""', '"') + rest);
    fields += 1;
    at += whole.length;
    if (text[at] === separator) {
      at += 1;
      // A separator at the very end has an empty field behind it.
      if (at < text.length) continue;
      line.push("");
    }
    if (line.length > 1 || line[0] !== "") lines.push(line);
    line = [];
    if (text[at] === "\r") at += 1;
    if (text[at] === "\n") at += 1;
  }
  const [head = [], ...rows] = lines;
  return { head, rows, cut: at < text.length };
}
