/** How near a cell, or another thing, is to the viewport, and when it is time to make an editor for it. */
import { createContext, type RefObject, useContext, useEffect, useState } from "react";

import { timers } from "../../browser";
import { useController } from "../context";
import type { NotebookController } from "../controller";
import { cellAt, cellElement } from "../page/cell-at";
import { CellWindow } from "./cell-window";
import { Rest } from "./rest";

export interface Nearness {
  /** Now, or when the view rested last: editors live here, and none is made while one scrolls. */
  readonly near: boolean;
  /** At some time: outputs and rendered text are made then, and stay. */
  readonly reached: boolean;
  /**
   * The height that a cell keeps: one that was reached while one scrolls until the view rests, so that nothing moves under
   * the eye; any while its editor is made or taken away, whose measures on the way would move the view (scroll anchoring).
   */
  readonly held: number | null;
}

const FAR: Nearness = { near: false, reached: false, held: null };

export interface Nearby {
  readonly cells: CellWindow;
  readonly rest: Rest;
}

/** What waits for the rest in the name of all cells. */
const WINDOW = "window";

const NearbyContext = createContext<Nearby | null>(null);
export const NearbyProvider = NearbyContext.Provider;

function nearbyOf({ sections }: NotebookController): Nearby {
  return {
    cells: new CellWindow({
      order: () => sections.read().visible,
      at: cellAt,
      height: () => innerHeight,
      frame: (call) => requestAnimationFrame(call),
    }),
    rest: new Rest(timers, (call) => requestAnimationFrame(() => setTimeout(call))),
  };
}

/** Follows the cells in this column while it is there. */
export function useNearby(column: RefObject<Element | null>): Nearby {
  const controller = useController();
  const [nearby] = useState(() => nearbyOf(controller));
  useEffect(() => {
    const { cells, rest } = nearby;
    // Cells change their heights as they are passed: that too is looked at when the view does not fly any more.
    const ask = () => (rest.flies ? rest.when(WINDOW, cells.ask) : cells.ask());
    const scrolled = () => {
      rest.scrolled(column.current?.getBoundingClientRect().top ?? 0);
      ask();
    };
    const resized = new ResizeObserver(ask);
    if (column.current !== null) resized.observe(column.current);
    addEventListener("scroll", scrolled, { passive: true, capture: true });
    addEventListener("resize", ask);
    const stop = controller.sections.subscribe(ask);
    return () => {
      stop();
      resized.disconnect();
      removeEventListener("scroll", scrolled, { capture: true });
      removeEventListener("resize", ask);
    };
  }, [nearby, controller, column]);
  return nearby;
}

export function useCellNearness(id: string): Nearness {
  const nearby = useContext(NearbyContext);
  const [nearness, setNearness] = useState(FAR);
  useEffect(() => {
    if (nearby === null) return;
    const { cells, rest } = nearby;
    const height = () => cellElement(id)?.offsetHeight ?? null;
    const stop = cells.follow(id, (near) => {
      const held = near && rest.scrolls ? height() : null;
      if (near) setNearness((old) => (old.reached ? old : { ...old, reached: true, held }));
      rest.when(id, () => {
        const kept = height();
        setNearness((old) => (old.near === near && old.held === null ? old : { ...old, near, held: kept }));
        rest.soon(() => setNearness((old) => (old.held === null ? old : { ...old, held: null })));
      });
    });
    return () => {
      stop();
      rest.forget(id);
    };
  }, [nearby, id]);
  return nearness;
}

/** Whether a thing was near at some time. For a few: each is observed by itself. */
export function useReached(place: RefObject<Element | null>): boolean {
  const [reached, setReached] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null || reached) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setReached(true);
      },
      { rootMargin: "800px 0px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [place, reached]);
  return reached;
}
