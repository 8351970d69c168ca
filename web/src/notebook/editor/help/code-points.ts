/** Places in code: the kernel counts code points, an editor UTF-16 units. Pure. */

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;

/** Whether a pair of units that make one code point begins here. */
const isPair = (text: string, at: number) => isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1));

/** How many code points stand before this place. */
export function toCodePoints(text: string, offset: number): number {
  let points = 0;
  for (let at = 0; at < Math.min(offset, text.length); at += isPair(text, at) ? 2 : 1) points += 1;
  return points;
}

/** The place after so many code points. */
export function fromCodePoints(text: string, points: number): number {
  let at = 0;
  for (let left = points; left > 0 && at < text.length; left -= 1) at += isPair(text, at) ? 2 : 1;
  return at;
}
