/** How near a cell is to the viewport: one observer for all cells of the page. */
import { type RefObject, useEffect, useState } from "react";

export interface Nearness {
  /** Now: editors live here. */
  readonly near: boolean;
  /** At some time: outputs and rendered text are made then, and stay. */
  readonly reached: boolean;
}

const MARGIN = "800px 0px";

const listeners = new WeakMap<Element, (near: boolean) => void>();
let observer: IntersectionObserver | null = null;

function observe(element: Element, listener: (near: boolean) => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting);
    },
    { rootMargin: MARGIN },
  );
  listeners.set(element, listener);
  observer.observe(element);
  return () => {
    listeners.delete(element);
    observer?.unobserve(element);
  };
}

const FAR: Nearness = { near: false, reached: false };

export function useNearness(place: RefObject<Element | null>): Nearness {
  const [nearness, setNearness] = useState(FAR);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    return observe(element, (near) => {
      setNearness((old) => (old.near === near ? old : { near, reached: old.reached || near }));
    });
  }, [place]);
  return nearness;
}
