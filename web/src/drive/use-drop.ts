/** Puts what is dragged into a folder: items of this page are moved, or with Ctrl copied; files of the desktop are uploaded. */
import { type DragEvent, useState } from "react";

import { fromDrop } from "../ui/picked";
import { useDrive } from "./context";
import { mayEdit, moveRefusal, type Target } from "./model/moving";

/** Marks a drag as one of this page: what is in it cannot be read before it is dropped. */
export const ITEMS = "application/x-noctule-items";

export const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes("Files");
const hasItems = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes(ITEMS);

/** Null: this is no folder that takes anything. */
export function useDrop(target: Target | null) {
  const { desk, deeds, uploading } = useDrive();
  const [over, setOver] = useState(false);
  const takes = (event: DragEvent): boolean => {
    if (target === null) return false;
    if (hasFiles(event)) return mayEdit(target.role);
    return hasItems(event) && (event.ctrlKey || moveRefusal(desk.dragged.read(), target) === null);
  };
  const onDragOver = (event: DragEvent) => {
    if (!takes(event)) return;
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = hasFiles(event) || event.ctrlKey ? "copy" : "move";
    setOver(true);
  };
  const onDrop = (event: DragEvent) => {
    setOver(false);
    if (target === null || !takes(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const items = desk.dragged.read();
    if (hasFiles(event)) void fromDrop(event.dataTransfer).then((picked) => uploading.add(picked, target.id));
    else if (event.ctrlKey) void deeds.copy(items, target);
    else void deeds.move(items, target);
  };
  return { over, props: { onDragOver, onDrop, onDragLeave: () => setOver(false) } };
}
