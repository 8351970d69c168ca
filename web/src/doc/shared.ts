/** Small reads and writes of Yjs types that the layout uses. No state, no order of cells, no undo. */
import * as Y from "yjs";

/** A map as JSON, whether it is a shared one or was written as a whole; anything else has no entries. */
export function entriesOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value instanceof Y.Map) return value.toJSON();
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/**
 * The shared map at `key`. One that was written as a whole becomes a shared one with the same entries, each of which can
 * then be written, and sent, by itself.
 */
export function sharedMap(parent: Y.Map<unknown>, key: string): Y.Map<unknown> {
  const found = parent.get(key);
  if (found instanceof Y.Map) return found as Y.Map<unknown>;
  const made = new Y.Map<unknown>(Object.entries(entriesOf(found)));
  parent.set(key, made);
  return made;
}

export function writeEntry(map: Y.Map<unknown>, key: string, value: unknown): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

const isLow = (unit: number | undefined) => unit !== undefined && unit >= 0xdc00 && unit <= 0xdfff;
const isHigh = (unit: number | undefined) => unit !== undefined && unit >= 0xd800 && unit <= 0xdbff;

/**
 * Puts `wanted` in place of what stands from `from` to `to`, leaving alone what both have at the beginning and at the end:
 * cursors there stay. Never between the halves of one character, which the server would refuse.
 */
export function spliceText(text: Y.Text, from: number, to: number, wanted: string): void {
  const old = text.toJSON().slice(from, to);
  let start = 0;
  while (start < old.length && old[start] === wanted[start]) start += 1;
  if (isHigh(old.charCodeAt(start - 1)) || isHigh(wanted.charCodeAt(start - 1))) start -= 1;
  let end = 0;
  const most = Math.min(old.length, wanted.length) - start;
  while (end < most && old[old.length - 1 - end] === wanted[wanted.length - 1 - end]) end += 1;
  if (end > 0 && (isLow(old.charCodeAt(old.length - end)) || isLow(wanted.charCodeAt(wanted.length - end)))) end -= 1;
  if (old.length > start + end) text.delete(from + start, old.length - start - end);
  if (wanted.length > start + end) text.insert(from + start, wanted.slice(start, wanted.length - end));
}
