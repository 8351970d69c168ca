/** Shows where the person is who is followed, and sees when one looks elsewhere by oneself: a wheel, a finger, a key, a press. */
import type { NotebookController } from "../controller";

/** What is between these is read without a look up or down. */
const TOP_PX = 140;
const BOTTOM_PX = 120;
const ENDS: ReadonlySet<string> = new Set([
  "Escape",
  "PageUp",
  "PageDown",
  "Home",
  "End",
  "ArrowUp",
  "ArrowDown",
  "Enter",
]);

export function listenToFollowing(controller: NotebookController, signal: AbortSignal): void {
  const { following } = controller;
  let shown: string | null = null;
  const show = () => {
    const cell = following.read()?.place?.cell_id ?? null;
    const moved = cell !== shown;
    shown = cell;
    if (cell === null) return;
    controller.sections.reveal(cell);
    // When their cursor has been drawn.
    requestAnimationFrame(() => bringIntoSight(controller, cell, moved));
  };
  const stop = () => following.stop();
  signal.addEventListener("abort", following.start());
  signal.addEventListener("abort", following.subscribe(show));
  const early = { capture: true, passive: true, signal };
  document.addEventListener("wheel", stop, early);
  document.addEventListener("touchmove", stop, early);
  document.addEventListener("keydown", ({ key }) => ENDS.has(key) && stop(), early);
  document.addEventListener("pointerdown", ({ target }) => inCells(target) && stop(), early);
}

const inCells = (target: EventTarget | null) => target instanceof Element && target.closest(".notebook-main") !== null;

/** Their cursor when it is drawn and out of sight; else their cell, when it is another one than before. */
function bringIntoSight({ following }: NotebookController, cell: string, moved: boolean): void {
  const key = following.read()?.key;
  const place = document.querySelector(`section[data-cell="${CSS.escape(cell)}"]`);
  if (key === undefined || place === null) return;
  const caret = [...place.querySelectorAll<HTMLElement>("[data-peer]")].find(({ dataset }) => dataset["peer"] === key);
  const mark = caret ?? place;
  const { top, bottom } = mark.getBoundingClientRect();
  const inSight = top >= TOP_PX && bottom <= window.innerHeight - BOTTOM_PX;
  if (inSight || (caret === undefined && !moved)) return;
  mark.scrollIntoView({ block: "center" });
}
