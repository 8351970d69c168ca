/** Begins to drag the chosen items, with a small sign of how many they are. */
import type { DragEvent } from "react";

import type { Item } from "../net/drive-rest";
import { strings } from "../words";
import { useDrive } from "./context";
import { only } from "./model/selection";
import { ITEMS } from "./use-drop";

export function useDrag(item: Item) {
  const { desk } = useDrive();
  const onDragStart = (event: DragEvent) => {
    if (!desk.selection.read().chosen.has(item.id)) desk.selection.become(only(item.id));
    const items = desk.chosen;
    desk.dragged.become(items);
    event.dataTransfer.effectAllowed = "copyMove";
    event.dataTransfer.setData(ITEMS, JSON.stringify(items.map(({ id }) => id)));
    event.dataTransfer.setDragImage(dragSign(items), -12, -12);
  };
  return { draggable: true, onDragStart, onDragEnd: () => desk.dragged.become([]) };
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
