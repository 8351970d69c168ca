/** Matches in one text, what is put in their place, and how a match is shown in a list. Pure. */

/** In UTF-16 units of the text. */
export interface Found {
  readonly from: number;
  readonly to: number;
}

export interface Splice extends Found {
  readonly insert: string;
}

export interface Counted {
  /** The first ones. */
  readonly found: readonly Found[];
  /** Of all. */
  readonly count: number;
}

/** A match of nothing is none: it can be neither shown nor replaced with sense. */
export function matchesIn(text: string, pattern: RegExp, most: number): Counted {
  const found: Found[] = [];
  let count = 0;
  for (const match of text.matchAll(pattern)) {
    if (match[0] === "") continue;
    count += 1;
    if (found.length < most) found.push({ from: match.index, to: match.index + match[0].length });
  }
  return { found, count };
}

const REFERENCE = /\$(?:\$|&|(\d{1,2})|<([^>]*)>)|\\([nt\\])/g;
const SIGNS: Readonly<Record<string, string>> = { n: "\n", t: "\t", "\\": "\\" };

/** `$1`, `$<name>`, `$&`, `$$`, and `\n`, `\t`, `\\`, as in other editors. */
function expand(replacement: string, match: RegExpExecArray): string {
  return replacement.replace(
    REFERENCE,
    (whole: string, digits: string | undefined, name: string | undefined, sign: string | undefined) => {
      if (sign !== undefined) return SIGNS[sign] ?? whole;
      if (whole === "$$") return "$";
      if (whole === "$&") return match[0];
      if (name !== undefined) return match.groups?.[name] ?? "";
      return group(whole, digits ?? "", match);
    },
  );
}

/** `$12` is group 12 where there is one, else group 1 and a 2, else what is written. */
function group(whole: string, digits: string, match: RegExpExecArray): string {
  if (Number(digits) > 0 && Number(digits) < match.length) return match[Number(digits)] ?? "";
  const [first = "", second = ""] = digits;
  if (second !== "" && Number(first) > 0 && Number(first) < match.length) return (match[Number(first)] ?? "") + second;
  return whole;
}

export function splicesIn(text: string, pattern: RegExp, replacement: string, regex: boolean): readonly Splice[] {
  const splices: Splice[] = [];
  for (const match of text.matchAll(pattern)) {
    if (match[0] === "") continue;
    const insert = regex ? expand(replacement, match) : replacement;
    splices.push({ from: match.index, to: match.index + match[0].length, insert });
  }
  return splices;
}

/**
 * Splices that were made for `old`, as they stand in `fresh`, the same text after others typed in it. Those that touch
 * what was typed are dropped: what they would replace may be another thing by now.
 */
export function rebased(splices: readonly Splice[], old: string, fresh: string): readonly Splice[] {
  if (old === fresh) return splices;
  const shortest = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < shortest && old[start] === fresh[start]) start += 1;
  let end = 0;
  while (end < shortest - start && old[old.length - 1 - end] === fresh[fresh.length - 1 - end]) end += 1;
  const shift = fresh.length - old.length;
  return splices.flatMap((splice) => {
    if (splice.to <= start) return [splice];
    if (splice.from < old.length - end) return [];
    return [{ ...splice, from: splice.from + shift, to: splice.to + shift }];
  });
}

export interface Context {
  readonly before: string;
  readonly match: string;
  readonly after: string;
  /** From 1. */
  readonly line: number;
}

const BEFORE_CHARS = 24;
const AFTER_CHARS = 80;

/** The line around a match, cut to what a list shows. */
export function contextOf(text: string, { from, to }: Found): Context {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const cut = from - start > BEFORE_CHARS;
  const before = cut ? `…${text.slice(from - BEFORE_CHARS, from)}` : text.slice(start, from).trimStart();
  const shownTo = Math.min(to, from + AFTER_CHARS);
  const lineEnd = text.indexOf("\n", shownTo);
  const after = text.slice(shownTo, Math.min(lineEnd === -1 ? text.length : lineEnd, shownTo + AFTER_CHARS));
  return { before, match: text.slice(from, shownTo).replaceAll("\n", "⏎"), after, line: lineOf(text, from) };
}

function lineOf(text: string, at: number): number {
  let line = 1;
  for (let next = text.indexOf("\n"); next !== -1 && next < at; next = text.indexOf("\n", next + 1)) line += 1;
  return line;
}
