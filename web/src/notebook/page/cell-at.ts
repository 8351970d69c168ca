/** The cell at a height of the window, found by halving: there may be thousands, and each asked costs a look at the layout. */
import { cellElementId } from "../editor/source";

export const cellElement = (id: string) => document.getElementById(cellElementId(id));

/** The place in `order`, of cells that are not hidden, of the last one that begins at `y` or above; 0 when none does. */
export function cellAt(order: readonly string[], y: number): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const begins = cellElement(order[middle] ?? "")?.getBoundingClientRect().top ?? Infinity;
    if (begins <= y) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
