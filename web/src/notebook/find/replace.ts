/**
 * Puts replacements into the document, whatever others typed meanwhile: they are made for the text that was searched, and
 * carried over to the text of this moment. What others have just changed is left alone, and counted.
 */
import type { NotebookDoc } from "../../doc/notebook-doc";
import { LIMITS } from "../../wire/types";
import { LANE, type Match } from "./fields";
import { rebased, type Splice } from "./match";
import type { Query } from "./query";
import type { Searcher } from "./searcher";

/** Of one edit, which has to stay below what the server takes (UPDATE_BYTES). */
const MOST_CHARS = 200_000;

export interface Replacing {
  readonly book: NotebookDoc;
  readonly searcher: Searcher;
}

export type Replaced =
  | {
      readonly t: "done";
      readonly count: number;
      readonly cells: number;
      /** Found, and not replaced: too many for one step, or changed by others in this moment. */
      readonly left: number;
      /** Takes it back; false when something else was done since. */
      readonly undo: () => boolean;
    }
  | { readonly t: "slow" };

const keyOf = (cell: string) => `${LANE}:s:${cell}`;
const sourceOf = (book: NotebookDoc, cell: string): string | null => book.cell(cell)?.source.toJSON() ?? null;

/** Where the replacement ends in the new text; null when the match is gone. */
export async function replaceOne(
  { book, searcher }: Replacing,
  query: Query,
  replacement: string,
  { cell, from, to }: Match,
): Promise<number | null> {
  const text = sourceOf(book, cell);
  if (text === null) return null;
  const told = await searcher.replacements([[keyOf(cell), text]], query, replacement);
  if (told.t !== "told") return null;
  const splice = told.value[0]?.[1].find((one) => one.from === from && one.to === to);
  const fresh = sourceOf(book, cell);
  if (splice === undefined || fresh === null) return null;
  const [now] = rebased([splice], text, fresh);
  if (now === undefined) return null;
  book.spliceSource(cell, now.from, now.to, now.insert);
  return now.from + now.insert.length;
}

export async function replaceAll(
  { book, searcher }: Replacing,
  query: Query,
  replacement: string,
  cells: readonly string[],
): Promise<Replaced> {
  const texts = cells.flatMap((cell) => {
    const text = sourceOf(book, cell);
    return text === null ? [] : [{ cell, text }];
  });
  const told = await searcher.replacements(
    texts.map(({ cell, text }) => [keyOf(cell), text]),
    query,
    replacement,
  );
  if (told.t === "slow") return { t: "slow" };
  const byKey = new Map(told.t === "told" ? told.value : []);
  const plans = texts.map(({ cell, text }) => ({ cell, text, splices: byKey.get(keyOf(cell)) ?? [] }));
  return apply(book, plans);
}

interface Plan {
  readonly cell: string;
  readonly text: string;
  readonly splices: readonly Splice[];
}

function apply(book: NotebookDoc, plans: readonly Plan[]): Replaced {
  const wanted = plans.reduce((sum, { splices }) => sum + splices.length, 0);
  let pieces: number = LIMITS.FIND_MATCHES;
  let chars = MOST_CHARS;
  let count = 0;
  let cells = 0;
  book.group(() => {
    for (const { cell, text, splices } of plans) {
      const fresh = sourceOf(book, cell);
      const now = fresh === null ? [] : rebased(splices, text, fresh);
      const taken = now.filter(({ insert }) => (pieces -= 1) >= 0 && (chars -= insert.length) >= 0);
      // From the end, so that the places of those before stay.
      for (const { from, to, insert } of taken.toReversed()) book.spliceSource(cell, from, to, insert);
      count += taken.length;
      cells += taken.length > 0 ? 1 : 0;
    }
  });
  const step = book.structureUndo.undoStack.at(-1);
  const undo = () => {
    if (count === 0 || book.structureUndo.undoStack.at(-1) !== step) return false;
    book.structureUndo.undo();
    return true;
  };
  return { t: "done", count, cells, left: wanted - count, undo };
}
