/** The way to the menus by keyboard, and back to where one was. Knows nothing of what is in them. */
import { type KeyboardEvent, type RefObject, useEffect, useRef } from "react";

import { useShell } from "../context";

/** `place` gets the focus, on its first button, when the menus are asked for. What comes back is for its keys. */
export function useMenuFocus(place: RefObject<HTMLElement | null>): (event: KeyboardEvent) => void {
  const asked = useShell((state) => state.menusAsked);
  const answered = useRef(asked);
  const before = useRef<Element | null>(null);
  useEffect(() => {
    if (asked === answered.current) return;
    answered.current = asked;
    const first = place.current?.querySelector("button");
    // Of the menus of a wide and of a narrow page one is hidden.
    if (first == null || first.offsetParent === null) return;
    if (place.current?.contains(document.activeElement) === false) before.current = document.activeElement;
    first.focus();
  }, [asked, place]);
  return ({ key, target }) => {
    // The keys of an open menu come here too, for it is a child in React though not in the document.
    if (!(target instanceof HTMLElement) || place.current?.contains(target) !== true) return;
    if (key === "Escape") giveBack(before, target);
    const buttons = [...place.current.querySelectorAll("button")];
    const at = buttons.findIndex((button) => button.contains(target));
    const by = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
    if (by !== 0 && at !== -1) buttons[(at + by + buttons.length) % buttons.length]?.focus();
  };
}

function giveBack(before: RefObject<Element | null>, from: HTMLElement): void {
  const to = before.current;
  before.current = null;
  if (to instanceof HTMLElement && to.isConnected && to !== document.body) to.focus({ preventScroll: true });
  else from.blur();
}
