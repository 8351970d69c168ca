/** Marks what was searched for in the spans of a line. Pure. */
import type { AnsiSpan } from "../../../runs/ansi";
import type { Query } from "./log-search";

export interface MarkedSpan extends AnsiSpan {
  readonly marked: boolean;
}

export function marked(spans: readonly AnsiSpan[], query: Query | null): readonly MarkedSpan[] {
  const ranges = query === null ? [] : rangesOf(spans.map(({ text }) => text).join(""), query);
  if (ranges.length === 0) return spans.map((span) => ({ ...span, marked: false }));
  const parts: MarkedSpan[] = [];
  let at = 0;
  for (const span of spans) {
    let from = 0;
    const add = (to: number, isMarked: boolean) => {
      if (to > from) parts.push({ text: span.text.slice(from, to), style: span.style, marked: isMarked });
      from = Math.max(from, to);
    };
    for (const [start, end] of ranges) {
      if (end <= at || start >= at + span.text.length) continue;
      add(Math.max(0, start - at), false);
      add(Math.min(span.text.length, end - at), true);
    }
    add(span.text.length, false);
    at += span.text.length;
  }
  return parts;
}

function rangesOf(text: string, { text: wanted, matchCase }: Query): readonly [number, number][] {
  const [where, what] = matchCase ? [text, wanted] : [text.toLowerCase(), wanted.toLowerCase()];
  const ranges: [number, number][] = [];
  // A few letters have another length in lower case: then nothing is marked rather than the wrong thing.
  if (where.length !== text.length) return ranges;
  for (let at = where.indexOf(what); at !== -1; at = where.indexOf(what, at + what.length)) {
    ranges.push([at, at + what.length]);
  }
  return ranges;
}
