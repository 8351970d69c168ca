/** Ranges of numbers, as Yjs says which items of a client are deleted. Pure. */
export interface Range {
  readonly clock: number;
  readonly len: number;
}

const inOrder = (ranges: readonly Range[]) => [...ranges].sort((a, b) => a.clock - b.clock);

/** Whether all of `few` is in `many`. There may be tens of thousands of each: both are gone through once. */
export function covers(many: readonly Range[], few: readonly Range[]): boolean {
  const wide = inOrder(many);
  let at = 0;
  // What is known to be covered: from `from` to `to`, without a gap.
  let from = 0;
  let to = 0;
  for (const { clock, len } of inOrder(few)) {
    for (let next = wide[at]; next !== undefined && next.clock <= clock + len; next = wide[++at]) {
      if (next.clock > to) from = next.clock;
      to = Math.max(to, next.clock + next.len);
    }
    if (len > 0 && (clock < from || clock + len > to)) return false;
  }
  return true;
}
