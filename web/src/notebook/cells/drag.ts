/** Moving cells by drag: the handle takes the selected cells, or its own; a line shows where they would go. */
import { type DragEvent, type RefObject, useEffect, useState } from "react";

import { useController } from "../context";
import type { NotebookController } from "../controller";

/** Marks a drag of ours, so that files and texts that are dragged over cells are not taken for one. */
const TYPE = "application/x-noctule-cells";

export type DropPlace = "" | "drop-before" | "drop-after";

export function startDrag(event: DragEvent, controller: NotebookController, id: string): void {
  const { selection } = controller;
  const cells = selection.read().ids.has(id) ? selection.whole() : selection.wholeOf(id);
  event.dataTransfer.setData(TYPE, JSON.stringify(cells));
  event.dataTransfer.effectAllowed = "move";
  const cell = event.currentTarget.closest("section.cell");
  if (cell !== null) event.dataTransfer.setDragImage(cell, 16, 16);
}

/** Where a drag over this cell would drop: before it or after it. */
export function useDropPlace(id: string, place: RefObject<HTMLElement | null>): DropPlace {
  const controller = useController();
  const [over, setOver] = useState<DropPlace>("");
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const stop = new AbortController();
    const { signal } = stop;
    const sideOf = (event: globalThis.DragEvent): DropPlace => {
      const { top, height } = element.getBoundingClientRect();
      return event.clientY < top + height / 2 ? "drop-before" : "drop-after";
    };
    const isOurs = (event: globalThis.DragEvent) => event.dataTransfer?.types.includes(TYPE) ?? false;
    const move = (event: globalThis.DragEvent) => {
      if (!isOurs(event)) return;
      event.preventDefault();
      setOver(sideOf(event));
    };
    const drop = (event: globalThis.DragEvent) => {
      setOver("");
      if (!isOurs(event)) return;
      event.preventDefault();
      const order = controller.order();
      const at = order.indexOf(id) + (sideOf(event) === "drop-after" ? 1 : 0);
      const ids = readIds(event.dataTransfer?.getData(TYPE) ?? "[]");
      const before = order.slice(at).find((other) => !ids.includes(other)) ?? null;
      controller.structure.moveTo(ids, before);
    };
    element.addEventListener("dragover", move, { signal });
    element.addEventListener("drop", drop, { signal });
    element.addEventListener("dragleave", () => setOver(""), { signal });
    return () => stop.abort();
  }, [controller, id, place]);
  return over;
}

function readIds(text: string): readonly string[] {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.filter((id): id is string => typeof id === "string") : [];
}
