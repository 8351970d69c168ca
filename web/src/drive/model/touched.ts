/** Which items a rectangle touches that is drawn over them. Pure. */
import type { Rows } from "../../ui/rows";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Grid {
  readonly rows: Rows;
  readonly columns: number;
  /** Of one column and the gap after it. */
  readonly step: number;
  readonly gap: number;
}

/** The places of the items that a rectangle touches. */
export function touched({ left, top, right, bottom }: Box, { rows, columns, step, gap }: Grid): readonly number[] {
  if (bottom < 0 || top > rows.total || rows.count === 0) return [];
  const found: number[] = [];
  for (let line = rows.lineAt(Math.max(0, top)); line < rows.count && rows.top(line) <= bottom; line += 1) {
    if (rows.top(line) + rows.heightOf(line) - gap < top) continue;
    for (let column = 0; column < columns; column += 1) {
      if (column * step <= right && column * step + step - gap >= left) found.push(line * columns + column);
    }
  }
  return found;
}
