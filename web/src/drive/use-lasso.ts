/**
 * A rectangle that is drawn by the mouse chooses what it touches, and scrolls at the edges. It begins where nothing is taken
 * hold of: beside the items, or in a row that is not chosen, beside its name. Fingers scroll, and the keys are not touched.
 */
import { type RefObject, useEffect, useRef, useState } from "react";

import { isMac } from "../platform";
import type { Rows } from "../ui/rows";
import { useDrive } from "./context";
import { none, several } from "./model/selection";
import { type Box, touched } from "./model/touched";

/** Less is a press. */
const BEGIN_PX = 6;
const EDGE_PX = 40;
/** In a second, however many frames that has. */
const SCROLL_PX = 1_000;
const LONGEST_MS = 200;

interface Ground {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly body: RefObject<HTMLElement | null>;
  readonly rows: Rows;
  readonly columns: number;
  readonly gap: number;
}

const HELD = "a, button, input, textarea, .cell-name > *, .item-card, .chosen, .item-heads, .drive-note, .beginnings";

export const beginsLasso = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest(HELD) === null;

/** The rectangle within the body, while there is one. */
export function useLasso(ground: Ground): Box | null {
  const { desk } = useDrive();
  const [box, setBox] = useState<Box | null>(null);
  const now = useRef(ground);
  useEffect(() => {
    now.current = ground;
  });
  const { scroller } = ground;
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let stop: () => void = () => undefined;
    const begin = (event: PointerEvent) => {
      const inside = now.current.body.current;
      if (event.pointerType === "touch" || event.button !== 0 || inside === null || !beginsLasso(event.target)) return;
      // What is right of the content is the scroll bar.
      if (event.clientX >= element.getBoundingClientRect().left + element.clientWidth) return;
      stop();
      stop = follow(event, element, inside);
    };
    const follow = (from: PointerEvent, area: HTMLElement, inside: HTMLElement) => {
      const placeOf = (event: { clientX: number; clientY: number }) => {
        const { left, top } = inside.getBoundingClientRect();
        return { x: event.clientX - left, y: event.clientY - top };
      };
      const start = placeOf(from);
      const added = from.shiftKey || (isMac ? from.metaKey : from.ctrlKey);
      const before = added ? [...desk.selection.read().chosen] : [];
      let last: PointerEvent = from;
      let drawn = false;
      let frame = 0;
      const draw = () => {
        const { rows, columns, gap } = now.current;
        const end = placeOf(last);
        const next = {
          left: Math.min(start.x, end.x),
          top: Math.min(start.y, end.y),
          right: Math.max(start.x, end.x),
          bottom: Math.max(start.y, end.y),
        };
        const step = (inside.clientWidth + gap) / columns;
        const ids = touched(next, { rows, columns, step, gap }).flatMap((at) => desk.order[at] ?? []);
        const chosen = [...new Set([...before, ...ids])];
        desk.selection.become(chosen.length === 0 ? none(desk.selection.read()) : several(chosen));
        const shown = area.getBoundingClientRect().top - inside.getBoundingClientRect().top;
        setBox({
          ...next,
          left: Math.max(0, next.left),
          right: Math.min(inside.clientWidth, next.right),
          top: Math.max(Math.min(0, shown), next.top),
          bottom: Math.min(Math.max(inside.clientHeight, shown + area.clientHeight), next.bottom),
        });
      };
      let at = performance.now();
      const scroll = (time: number) => {
        const step = (SCROLL_PX * Math.min(LONGEST_MS, Math.max(0, time - at))) / 1_000;
        at = time;
        const { top, bottom } = area.getBoundingClientRect();
        const by = last.clientY < top + EDGE_PX ? -step : last.clientY > bottom - EDGE_PX ? step : 0;
        const was = area.scrollTop;
        if (by !== 0) area.scrollTop += by;
        if (area.scrollTop !== was) draw();
        frame = requestAnimationFrame(scroll);
      };
      const move = (event: PointerEvent) => {
        last = event;
        const far = Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) >= BEGIN_PX;
        if (!drawn && far) {
          drawn = true;
          at = performance.now();
          document.documentElement.classList.add("lasso-drawn");
          frame = requestAnimationFrame(scroll);
        }
        if (drawn) draw();
      };
      const end = () => {
        window.removeEventListener("pointermove", move);
        window.removeEventListener("pointerup", end);
        window.removeEventListener("pointercancel", end);
        cancelAnimationFrame(frame);
        document.documentElement.classList.remove("lasso-drawn");
        setBox(null);
        if (drawn) swallowClick();
        stop = () => undefined;
      };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", end);
      window.addEventListener("pointercancel", end);
      return end;
    };
    element.addEventListener("pointerdown", begin);
    return () => {
      stop();
      element.removeEventListener("pointerdown", begin);
    };
  }, [desk, scroller]);
  return box;
}

/** The press that ends the rectangle is no press on what it ends upon. */
function swallowClick(): void {
  const swallow = (event: MouseEvent) => event.stopPropagation();
  window.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", swallow, { capture: true }));
}
