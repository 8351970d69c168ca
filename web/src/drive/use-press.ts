/** A press on an item: by a mouse it chooses, by a finger it opens; a long one shows the menu. */
import { type MouseEvent, type PointerEvent, useEffect, useRef } from "react";

import type { Item } from "../net/drive-rest";
import { isMac } from "../platform";
import { useDrive } from "./context";
import { only, press, toggle } from "./model/selection";

const LONG_MS = 500;
/** A finger that goes further scrolls. */
const STILL_PX = 10;

const onControl = ({ target }: MouseEvent): boolean =>
  target instanceof Element && target.closest("button, input, a") !== null;

export function usePress(item: Item, showMenu: (x: number, y: number) => void) {
  const { desk, deeds } = useDrive();
  const waiting = useRef<{ readonly x: number; readonly y: number; readonly timer: number } | null>(null);
  const held = useRef(false);
  const give = () => {
    if (waiting.current !== null) clearTimeout(waiting.current.timer);
    waiting.current = null;
  };
  useEffect(() => give, []);
  const menu = (x: number, y: number) => {
    if (!desk.selection.read().chosen.has(item.id)) desk.selection.become(only(item.id));
    showMenu(x, y);
  };
  const onPointerDown = (event: PointerEvent) => {
    held.current = false;
    if (event.pointerType !== "touch") return;
    const { clientX: x, clientY: y } = event;
    const timer = window.setTimeout(() => {
      held.current = true;
      menu(x, y);
    }, LONG_MS);
    waiting.current = { x, y, timer };
  };
  const onPointerMove = ({ clientX, clientY }: PointerEvent) => {
    const at = waiting.current;
    if (at !== null && Math.hypot(clientX - at.x, clientY - at.y) > STILL_PX) give();
  };
  const onClick = (event: MouseEvent) => {
    if (held.current || onControl(event)) return;
    const touch = (event.nativeEvent as globalThis.PointerEvent).pointerType === "touch";
    const { chosen } = desk.selection.read();
    if (touch) {
      // Once something is chosen a finger goes on choosing.
      if (chosen.size > 0) desk.selection.become(toggle(desk.selection.read(), item.id));
      else deeds.open(item);
      return;
    }
    const ctrl = isMac ? event.metaKey : event.ctrlKey;
    desk.selection.become(press(desk.selection.read(), desk.order, item.id, { ctrl, shift: event.shiftKey }));
  };
  const onDoubleClick = (event: MouseEvent) => {
    if (!onControl(event)) deeds.open(item);
  };
  const onContextMenu = (event: MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
    give();
    held.current = true;
    menu(event.clientX, event.clientY);
  };
  return {
    onPointerDown,
    onPointerMove,
    onPointerUp: give,
    onPointerCancel: give,
    onClick,
    onDoubleClick,
    onContextMenu,
  };
}
