/**
 * Positions of cells: base-62 strings in code-point order. Between any two there is another, so a move is one write.
 *
 * A position is not empty and does not end in "0" (nothing would fit before it). The server's twin is
 * src/noctule/notebook/fractional.py; both keep to this rule and need nothing else in common.
 */

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = DIGITS.length;

const digitAt = (position: string, index: number) => DIGITS.indexOf(position.charAt(index));

/** A position strictly between `a` and `b`; null stands for the open end on that side. */
export function between(a: string | null, b: string | null): string {
  if (a !== null && b !== null && a >= b) throw new RangeError(`Not in order: ${a}, ${b}`);
  let low = a ?? "";
  let high = b;
  let head = "";
  for (;;) {
    // Digits past the end of `low` count as 0; past the end of an open `high` as one more than the largest.
    const left = low === "" ? 0 : digitAt(low, 0);
    const right = high === null ? BASE : digitAt(high, 0);
    if (right - left > 1) return head + DIGITS.charAt(pick(left, right, low === "", high === null));
    head += DIGITS.charAt(left);
    low = low.slice(1);
    // Same digit: go on between the rests. Neighbours: anything above the rest of `low` is below `high`.
    high = right === left && high !== null ? high.slice(1) : null;
  }
}

/** A digit strictly inside. At an open end the nearest one, so that a notebook that grows there keeps short positions. */
function pick(left: number, right: number, openBelow: boolean, openAbove: boolean): number {
  if (openAbove && !openBelow) return left + 1;
  if (openBelow && !openAbove) return right - 1;
  return (left + right) >> 1;
}

/** `count` positions in order, evenly apart and short. */
export function spread(count: number): string[] {
  let width = 1;
  while (BASE ** width <= count + 1) width += 1;
  const gap = BASE ** width / (count + 1);
  return Array.from({ length: count }, (_, index) => fixed(Math.floor(gap * (index + 1)), width));
}

function fixed(value: number, width: number): string {
  let text = "";
  for (let rest = value, place = 0; place < width; place += 1, rest = Math.floor(rest / BASE)) {
    text = DIGITS.charAt(rest % BASE) + text;
  }
  return text.replace(/0+$/, "");
}
