/**
 * Printing: the page draws all that it has not drawn yet, waits until that is there, opens the browser's dialog, and goes
 * back. How it looks on paper is print.css.
 */
import type { Shell } from "../model/shell";

/** Longer than this nobody waits; what is missing then is a gap. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 100;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function isDrawn(): boolean {
  const cells = document.querySelector(".cells");
  if (cells === null || cells.querySelector(".output-place, [aria-busy=true], [data-drawing=waits]") !== null)
    return false;
  return [...cells.querySelectorAll("img")].every((image) => image.complete);
}

/** False when not everything was drawn in time. */
export async function printAll(shell: Shell): Promise<boolean> {
  const until = performance.now() + PATIENCE_MS;
  shell.setPrinting(true);
  try {
    // Twice the same: what has been drawn may ask for more.
    let calm = 0;
    while (calm < 3 && performance.now() < until) {
      await pause(LOOK_MS);
      calm = isDrawn() ? calm + 1 : 0;
    }
    await document.fonts.ready;
    window.print();
    return calm >= 3;
  } finally {
    shell.setPrinting(false);
  }
}
