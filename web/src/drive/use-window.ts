/** Which rows are near the viewport of a scrolling element: only those are drawn. Rows are all of one height. */
import { type RefObject, useEffect, useState } from "react";

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
  readonly rowHeight: number;
  readonly count: number;
}

export function useWindow({ scroller, body, rowHeight, count }: Room): Near {
  const [near, setNear] = useState<Near>({ first: 0, end: 40 });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = () => {
      const above = element.getBoundingClientRect().top - (body.current?.getBoundingClientRect().top ?? 0);
      const first = Math.max(0, Math.floor(above / rowHeight) - BEYOND);
      const end = Math.ceil((above + element.clientHeight) / rowHeight) + BEYOND;
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
  }, [scroller, body, rowHeight, count]);
  return { first: Math.min(near.first, count), end: Math.min(near.end, count) };
}
