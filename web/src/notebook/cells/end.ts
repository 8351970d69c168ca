/** Who goes to the end of a notebook stays there while what is drawn on the way takes its height. */
import { type RefObject, useEffect } from "react";

/** What one comes upon is drawn within about so long; what grows later is a cell that runs, and is not followed. */
const SETTLE_MS = 1_500;
const NEAR_PX = 2;

export function useEnd(column: RefObject<Element | null>): void {
  useEffect(() => {
    const view = document.scrollingElement;
    if (column.current === null || view === null) return;
    let reached = -Infinity;
    const scrolled = () => {
      const left = view.scrollHeight - view.clientHeight - view.scrollTop;
      reached = left <= NEAR_PX && view.scrollTop > 0 ? performance.now() : -Infinity;
    };
    const grown = new ResizeObserver(() => {
      if (performance.now() - reached < SETTLE_MS) view.scrollTop = view.scrollHeight;
    });
    grown.observe(column.current);
    document.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      grown.disconnect();
      document.removeEventListener("scroll", scrolled);
    };
  }, [column]);
}
