/** Which rows are near the viewport of a scrolling element: only those are drawn. */
import { type RefObject, useEffect, useState } from "react";

import type { Rows } from "./rows";

export interface Near {
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
}

/** Rows beyond each edge, so that a quick turn of the wheel meets something. */
const BEYOND = 12;

interface Room {
  readonly scroller: RefObject<HTMLElement | null>;
  /** What the rows stand in. */
  readonly body: RefObject<HTMLElement | null>;
  readonly rows: Rows;
}

export function useWindow({ scroller, body, rows }: Room): Near {
  const [near, setNear] = useState<Near>({ first: 0, end: 40 });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = () => {
      const above = element.getBoundingClientRect().top - (body.current?.getBoundingClientRect().top ?? 0);
      const first = Math.max(0, rows.lineAt(above) - BEYOND);
      const end = rows.lineAt(above + element.clientHeight) + 1 + BEYOND;
      setNear((was) => (was.first === first && was.end === end ? was : { first, end }));
    };
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [scroller, body, rows]);
  return { first: Math.min(near.first, rows.count), end: Math.min(near.end, rows.count) };
}
