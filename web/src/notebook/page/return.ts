/**
 * The view comes back to where it was, and goes where the address says. Keeps the place while one scrolls; restores it
 * once, when the cells are there, and lets go as soon as a person scrolls.
 */
import type { NotebookController } from "../controller";
import { cellInHash, placeOf, readPlace, type ScrollPlace } from "../model/scroll-place";
import { cellAt, cellElement } from "./cell-at";

const KEEP_MS = 200;
/** Cells that were drawn above change their heights for about so long. */
const RESTORE_MS = 1_500;
const PATIENCE_MS = 10_000;
const ARRIVED_MS = 1_600;

const key = (notebook: string) => `noctule.place.${notebook}`;

function kept(notebook: string): ScrollPlace | null {
  // This tab's own place first: two tabs may stand at two places.
  return readPlace(sessionStorage.getItem(key(notebook)) ?? localStorage.getItem(key(notebook)));
}

const edge = () => document.querySelector(".bars")?.getBoundingClientRect().bottom ?? 0;

function keep(controller: NotebookController): void {
  const order = controller.sections.read().visible;
  const [line, at] = [edge(), cellAt(order, edge())];
  const boxes = order.slice(at, at + 2).flatMap((cell) => {
    const box = cellElement(cell)?.getBoundingClientRect();
    return box === undefined ? [] : [{ cell, top: box.top, bottom: box.bottom }];
  });
  if (boxes.length === 0) return;
  const place = JSON.stringify(placeOf(boxes, line, controller.selection.read().id));
  for (const storage of [sessionStorage, localStorage]) {
    try {
      storage.setItem(key(controller.session.notebook), place);
    } catch {
      // A full or forbidden storage: the view begins at the top.
    }
  }
}

/** Marks a cell for a moment, so that the eye finds it. */
function arrive(cell: string): void {
  const element = cellElement(cell);
  element?.classList.add("arrived");
  setTimeout(() => element?.classList.remove("arrived"), ARRIVED_MS);
}

/** Shows a cell at the upper edge of the view, selects and marks it. */
export function goToCell(controller: NotebookController, cell: string): void {
  controller.selection.select(cell);
  hold({ cell, offset: 12, selected: null }, () => arrive(cell));
}

/** Brings the view to a place as soon as its cell is there, and keeps it there until heights have settled. */
function hold(place: ScrollPlace, arrived: () => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const began = performance.now();
  let until = began + PATIENCE_MS;
  let there = false;
  for (const event of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(event, () => stop.abort(), { signal, passive: true, capture: true });
  }
  const step = () => {
    if (signal.aborted) return;
    const now = performance.now();
    const element = cellElement(place.cell);
    if (element !== null) {
      const off = element.getBoundingClientRect().top - edge() - place.offset;
      if (Math.abs(off) > 1) scrollBy({ top: off, behavior: "instant" });
      if (!there) {
        there = true;
        until = now + RESTORE_MS;
        arrived();
      }
    }
    if (now < until) requestAnimationFrame(step);
    else stop.abort();
  };
  requestAnimationFrame(step);
  return () => stop.abort();
}

/** Follows the page until `signal` ends it. */
export function listenToPlace(controller: NotebookController, signal: AbortSignal): void {
  const before = history.scrollRestoration;
  history.scrollRestoration = "manual";
  const fromAddress = () => {
    const cell = cellInHash(location.hash);
    if (cell !== null) goToCell(controller, cell);
    return cell !== null;
  };
  const place = kept(controller.session.notebook);
  const whenOpen = once(controller, () => {
    if (fromAddress()) return;
    if (place === null || !controller.order().includes(place.cell)) return begin(controller);
    const stop = hold(place, () => reselect(controller, place));
    signal.addEventListener("abort", stop);
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(controller), KEEP_MS);
  };
  addEventListener("scroll", later, { passive: true, signal });
  addEventListener("hashchange", fromAddress, { signal });
  addEventListener("pagehide", () => keep(controller), { signal });
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    whenOpen();
    history.scrollRestoration = before;
  });
}

/** Calls when the document is there. What comes back calls it off. */
function once(controller: NotebookController, call: () => void): () => void {
  const { session } = controller;
  let stop = (): void => undefined;
  const look = () => {
    if (controller.book === null) return;
    stop();
    call();
  };
  stop = session.subscribe(look);
  look();
  return () => stop();
}

/** The first cell is selected, for the keys of command mode; in a notebook of one empty cell one writes at once. */
function begin(controller: NotebookController): void {
  const [first] = controller.sections.read().visible;
  const cell = first === undefined ? null : (controller.book?.cell(first) ?? null);
  const writes = controller.order().length === 1 && cell?.type === "code" && cell.source.length === 0;
  if (cell !== null && !writes && isFree(controller)) controller.selection.select(cell.id);
}

/** On a narrow page the tools of the selected cell take room (notebook.css). */
const TOOLS_MOVE_NOTHING = "(min-width: 721px)";

/** The cell that was selected is so again, else the first one of the view, where neither moves the view. */
function reselect(controller: NotebookController, { selected, cell }: ScrollPlace): void {
  const order = controller.sections.read().visible;
  const others = window.matchMedia(TOOLS_MOVE_NOTHING).matches ? [cell, order[order.indexOf(cell) + 1]] : [];
  const candidates = [selected, ...others];
  const found = candidates.find((id) => id != null && order.includes(id) && isInView(id));
  if (found != null && isFree(controller)) controller.selection.select(found);
}

function isInView(cell: string): boolean {
  const box = cellElement(cell)?.getBoundingClientRect();
  return box !== undefined && box.bottom > edge() && box.top < innerHeight;
}

/** Nothing is selected, and nothing has the focus that a person may have given it. */
const isFree = ({ selection }: NotebookController) =>
  selection.read().id === null && document.activeElement === document.body;
