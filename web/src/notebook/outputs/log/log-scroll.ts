/**
 * Where a virtual list of lines stands, and what its scroll bar says. Pure.
 *
 * The place is the first line in sight and how far it is scrolled out (`px`). An element cannot be as high as ten million
 * lines, so above TALLEST_PX, and where lines wrap and differ in height, the scroll bar is proportional: it says which part
 * of the lines is in sight, and small movements of it move by the same distance on the screen.
 */

export interface Place {
  readonly line: number;
  readonly px: number;
}

export interface Geometry {
  readonly total: number;
  readonly linePx: number;
  readonly viewPx: number;
  readonly wraps: boolean;
}

/** Browsers go up to about 33 million. */
export const TALLEST_PX = 12_000_000;

export const heightOf = ({ total, linePx, viewPx }: Geometry): number =>
  Math.max(viewPx, Math.min(total * linePx, TALLEST_PX));

/** The scroll position is a distance, line by line. */
export const isExact = ({ total, linePx, wraps }: Geometry): boolean => !wraps && total * linePx <= TALLEST_PX;

/** The last place: the end of the text at the lower edge. Where lines wrap this is a guess that is set right when drawn. */
export function lastPlace({ total, linePx, viewPx }: Geometry): Place {
  return placeAt(Math.max(0, total * linePx - viewPx), linePx);
}

function placeAt(px: number, linePx: number): Place {
  const line = Math.floor(px / linePx);
  return { line, px: px - line * linePx };
}

export function topOf(place: Place, geometry: Geometry): number {
  const { linePx, viewPx } = geometry;
  const px = place.line * linePx + place.px;
  if (isExact(geometry)) return px;
  const last = lastPlace(geometry);
  const lastPx = last.line * linePx + last.px;
  return lastPx === 0 ? 0 : Math.min(1, px / lastPx) * (heightOf(geometry) - viewPx);
}

export function placeOf(top: number, geometry: Geometry): Place {
  const { linePx, viewPx } = geometry;
  if (isExact(geometry)) return placeAt(Math.max(0, top), linePx);
  const most = heightOf(geometry) - viewPx;
  const last = lastPlace(geometry);
  const share = most <= 0 ? 0 : Math.min(1, Math.max(0, top / most));
  return placeAt(share * (last.line * linePx + last.px), linePx);
}

/** Further by so many pixels; `heightAt` is the height of a line that is drawn, else undefined. */
export function moved(
  place: Place,
  by: number,
  geometry: Geometry,
  heightAt: (line: number) => number | undefined,
): Place {
  const height = (line: number) => heightAt(line) ?? geometry.linePx;
  let { line } = place;
  let px = place.px + by;
  while (px < 0 && line > 0) {
    line -= 1;
    px += height(line);
  }
  while (line < geometry.total - 1 && px >= height(line)) {
    px -= height(line);
    line += 1;
  }
  return { line, px: Math.max(0, px) };
}
