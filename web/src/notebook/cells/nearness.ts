/** How near a cell is to the viewport: one observer for all cells of the page. */
import { type RefObject, useEffect, useState } from "react";

import { timers } from "../../browser";
import { Rest } from "./rest";

export interface Nearness {
  /** Now, or when it was scrolled last: editors live here, and none is made while one scrolls. */
  readonly near: boolean;
  /** At some time: outputs and rendered text are made then, and stay. */
  readonly reached: boolean;
}

const MARGIN = "800px 0px";

const listeners = new WeakMap<Element, (near: boolean) => void>();
let observer: IntersectionObserver | null = null;
let rest: Rest | null = null;

function atRest(): Rest {
  if (rest === null) {
    const made = new Rest(timers, (call) => requestAnimationFrame(() => setTimeout(call)));
    addEventListener("scroll", () => made.scrolled(), { passive: true, capture: true });
    rest = made;
  }
  return rest;
}

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
    atRest().forget(element);
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
      if (near) setNearness((old) => (old.reached ? old : { ...old, reached: true }));
      atRest().when(element, () => setNearness((old) => (old.near === near ? old : { ...old, near })));
    });
  }, [place]);
  return nearness;
}
