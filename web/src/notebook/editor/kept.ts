/**
 * What stays of an editor when it is taken away far from the viewport: where the caret was and what was folded. As places
 * in the shared text, so that it is right after others have typed. Plain TypeScript.
 */
import type * as Y from "yjs";

import { indexOf, positionAt } from "../../doc/positions";

export interface Span {
  readonly from: number;
  readonly to: number;
}

interface Places {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export interface Kept {
  readonly folds: readonly Places[];
  /** From the anchor to the head of the main selection. */
  readonly selection: Places | null;
}

export const NOTHING_KEPT: Kept = { folds: [], selection: null };

export const placesOf = (source: Y.Text, from: number, to: number): Places => ({
  from: positionAt(source, from),
  to: positionAt(source, to),
});

function spanOf(source: Y.Text, places: Places): Span | null {
  const from = indexOf(source, places.from);
  const to = indexOf(source, places.to);
  return from === null || to === null ? null : { from, to };
}

/** Where the selection is by now; `from` is the anchor. */
export const selectionOf = (source: Y.Text, { selection }: Kept): Span | null =>
  selection === null ? null : spanOf(source, selection);

/** What is folded by now, in order; a fold within another is part of that. */
export function foldsOf(source: Y.Text, { folds }: Kept): readonly Span[] {
  const spans = folds.flatMap((places) => spanOf(source, places) ?? []).filter(({ from, to }) => from < to);
  spans.sort((a, b) => a.from - b.from || b.to - a.to);
  let end = -1;
  return spans.filter(({ from, to }) => {
    if (from < end) return false;
    end = to;
    return true;
  });
}
