/** Begins to drag the chosen items, with a small sign of how many they are. */
import { type DragEvent, type MouseEvent, useRef } from "react";

import type { Item } from "../net/drive-rest";
import { strings } from "../words";
import { useDrive } from "./context";
import { only } from "./model/selection";
import { ITEMS } from "./use-drop";
import { beginsLasso } from "./use-lasso";

export function useDrag(item: Item) {
  const { desk } = useDrive();
  const drawn = useRef(false);
  const onDragStart = (event: DragEvent) => {
    if (drawn.current) {
      event.preventDefault();
      return;
    }
    if (!desk.selection.read().chosen.has(item.id)) desk.selection.become(only(item.id));
    const items = desk.chosen;
    desk.dragged.become(items);
    event.dataTransfer.effectAllowed = "copyMove";
    event.dataTransfer.setData(ITEMS, JSON.stringify(items.map(({ id }) => id)));
    event.dataTransfer.setDragImage(dragSign(items), -12, -12);
  };
  // The event of the drag names the row, and not what was pressed in it; and by then the rectangle may have chosen it.
  const onMouseDown = (event: MouseEvent) => {
    drawn.current = beginsLasso(event.target);
  };
  return { draggable: true, onMouseDown, onDragStart, onDragEnd: () => desk.dragged.become([]) };
}

function dragSign(items: readonly Item[]): Element {
  const sign = document.createElement("div");
  sign.className = "drag-sign";
  sign.textContent = items.length === 1 ? (items[0]?.name ?? "") : strings.drive.dragging(items.length);
  document.body.append(sign);
  // The browser takes a picture of it as soon as this event is over.
  setTimeout(() => sign.remove());
  return sign;
}
