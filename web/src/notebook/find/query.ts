/** What is looked for, and the expression that finds it. Pure. What an expression costs is the worker's business. */

export interface Query {
  readonly text: string;
  readonly matchCase: boolean;
  readonly wholeWord: boolean;
  readonly regex: boolean;
}

export interface Where {
  readonly code: boolean;
  readonly text: boolean;
  readonly outputs: boolean;
  readonly onlySelected: boolean;
}

export type Compiled =
  | { readonly t: "ok"; readonly pattern: RegExp }
  /** No expression; `why` is the browser's word on it. */
  | { readonly t: "invalid"; readonly why: string };

const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/** Word characters of all scripts; `\b` knows those of ASCII alone. */
const WORD = "[\\p{L}\\p{N}\\p{M}_]";

function compileWith(source: string, flags: string): RegExp | string {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^Invalid regular expression: /, "") : String(error);
  }
}

export function compile({ text, matchCase, wholeWord, regex }: Query): Compiled {
  const inner = regex ? text : literal(text);
  const source = wholeWord ? `(?<!${WORD})(?:${inner})(?!${WORD})` : inner;
  const flags = matchCase ? "gmu" : "gimu";
  const strict = compileWith(source, flags);
  if (typeof strict !== "string") return { t: "ok", pattern: strict };
  // An escape that means nothing (`\_`, `\-`) is an error with Unicode and none without; people write such.
  const loose = wholeWord ? strict : compileWith(source, flags.replace("u", ""));
  return typeof loose === "string" ? { t: "invalid", why: strict } : { t: "ok", pattern: loose };
}
