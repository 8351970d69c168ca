/** Where the lines of a list stand, which are not all of one height: heads come above some, found lines below. Pure. */

/** What one line takes beyond the height of all. */
export interface Extra {
  readonly line: number;
  readonly above: number;
  readonly below: number;
}

export class Rows {
  readonly count: number;
  readonly height: number;
  private readonly extras: readonly Extra[];
  /** What all extras before each one take together. */
  private readonly sums: readonly number[];
  private readonly rest: number;

  /** `extras` come in the order of their lines. */
  constructor(count: number, height: number, extras: readonly Extra[]) {
    this.count = count;
    this.height = height;
    this.extras = extras;
    const sums: number[] = [];
    let sum = 0;
    for (const { above, below } of extras) {
      sums.push(sum);
      sum += above + below;
    }
    this.sums = sums;
    this.rest = sum;
  }

  get total(): number {
    return this.count * this.height + this.rest;
  }

  /** Below what stands above it. */
  top(line: number): number {
    const at = this.from(line);
    const extra = this.extras[at];
    const before = this.sums[at] ?? this.rest;
    return line * this.height + before + (extra?.line === line ? extra.above : 0);
  }

  /** With what stands below it. */
  heightOf(line: number): number {
    const extra = this.extras[this.from(line)];
    return this.height + (extra?.line === line ? extra.below : 0);
  }

  /** The last line that begins there or above. */
  lineAt(y: number): number {
    let low = 0;
    let high = this.count;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (this.top(middle) <= y) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The first extra of this line or of one after it. */
  private from(line: number): number {
    let low = 0;
    let high = this.extras.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.extras[middle]?.line ?? Infinity) < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

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
