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
