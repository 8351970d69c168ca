/**
 * The cell at a height of the window, found by halving: there may be thousands, and each asked costs a look at the layout.
 * A cell is asked only when its block stands at that height: the blocks that are far away are not laid out.
 */
import { cellElementId } from "../editor/source";

export const cellElement = (id: string) => document.getElementById(cellElementId(id));

/** The place in `order`, of cells that are not hidden, of the last one that begins at `y` or above; 0 when none does. */
export function cellAt(order: readonly string[], y: number): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beginsAbove(cellElement(order[middle] ?? ""), y)) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function beginsAbove(cell: HTMLElement | null, y: number): boolean {
  const block = cell?.parentElement?.getBoundingClientRect();
  if (cell === null || block === undefined || block.top > y) return false;
  return block.bottom <= y || cell.getBoundingClientRect().top <= y;
}
