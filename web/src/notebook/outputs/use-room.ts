/** The room of a cell's outputs in this window. */
import { useCallback, useSyncExternalStore } from "react";

import { frameHeights } from "../../browser";
import { useController } from "../context";
import type { NotebookController } from "../controller";
import { type Column, roomOf } from "./room";

/** What the bars, the gutter and the space around a cell leave of a wide and of a narrow window (notebook.css). */
const BESIDE_PX = 140;
const BESIDE_NARROW_PX = 80;
const NARROW_PX = 720;

/** Not asked of the layout: thousands of cells ask before there is one. */
export function columnOf({ session }: NotebookController, cell: string): Column {
  const width = innerWidth - (innerWidth > NARROW_PX ? BESIDE_PX : BESIDE_NARROW_PX);
  return { width, frame: frameHeights.get(`${session.notebook}/${cell}`) };
}

export function useColumn(cell: string): Column {
  return columnOf(useController(), cell);
}

/** 0 once the outputs are drawn: they say for themselves. */
export function useRoom(id: string, drawn: boolean): number {
  const controller = useController();
  const { runs } = controller.session;
  const subscribe = useCallback((listener: () => void) => runs.subscribeCell(id, listener), [runs, id]);
  return useSyncExternalStore(subscribe, () => {
    const { outputs } = runs.cell(id);
    return drawn || outputs === null ? 0 : roomOf(outputs, columnOf(controller, id));
  });
}
