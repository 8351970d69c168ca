/**
 * Which rows of a long table are in sight. Pure. A browser cannot scroll further than some millions of pixels, so a table
 * that would be longer has a scroll bar of MOST_PX that stands for all of it: its end is reached, and a wheel moves more rows.
 */
export const ROW_PX = 28;
export const MOST_PX = 6_000_000;

export interface RowsInSight {
  readonly first: number;
  /** Not with this one. */
  readonly last: number;
  /** Where the first one stands, from the top of what is scrolled. */
  readonly top: number;
}

export const heightOf = (rows: number): number => Math.min(rows * ROW_PX, MOST_PX);

export function rowsAt(rows: number, scrollTop: number, height: number): RowsInSight {
  const fit = Math.ceil(height / ROW_PX) + 1;
  if (rows * ROW_PX <= MOST_PX) {
    const first = Math.max(0, Math.min(Math.floor(scrollTop / ROW_PX), rows - 1));
    return { first, last: Math.min(rows, first + fit), top: first * ROW_PX };
  }
  const whole = Math.floor(height / ROW_PX);
  const share = Math.min(1, Math.max(0, scrollTop / (MOST_PX - height)));
  const first = Math.round(share * (rows - whole));
  return { first, last: Math.min(rows, first + fit), top: scrollTop };
}

/** How far to scroll so that this row is in sight; the present place when it is. */
export function scrollTo(row: number, rows: number, scrollTop: number, height: number): number {
  const whole = Math.max(1, Math.floor(height / ROW_PX));
  const { first } = rowsAt(rows, scrollTop, height);
  const above = row < first || (rows * ROW_PX <= MOST_PX && row * ROW_PX < scrollTop);
  if (!above && row < first + whole && (rows * ROW_PX > MOST_PX || (row + 1) * ROW_PX <= scrollTop + height)) {
    return scrollTop;
  }
  if (rows * ROW_PX <= MOST_PX) return above ? row * ROW_PX : (row + 1) * ROW_PX - height;
  const wanted = above ? row : row - whole + 1;
  return (Math.max(0, wanted) / Math.max(1, rows - whole)) * (MOST_PX - height);
}
