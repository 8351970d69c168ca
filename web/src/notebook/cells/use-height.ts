/** The height of a cell that was not drawn yet: its place in the column until then. */
import { useCallback, useSyncExternalStore } from "react";

import type { CellFacts } from "../../doc/layout";
import { useController } from "../context";
import type { NotebookController } from "../controller";
import { columnOf, roomAt } from "../outputs/use-room";
import { codeHeight, textHeight } from "./cell-height";

/** As it is now. In CSS pixels, inside of the cell's own edge. */
export function cellHeight(controller: NotebookController, { id, type, source }: CellFacts): number {
  const text = source.toJSON();
  if (type === "markdown") return textHeight(text, columnOf(controller, id).width);
  return codeHeight(text) + roomAt(controller, id);
}

/** Of its outputs alone, as they come; 0 once they are drawn: they say for themselves. */
export function useRoom(id: string, drawn: boolean): number {
  const controller = useController();
  const { runs } = controller.session;
  const subscribe = useCallback((listener: () => void) => runs.subscribeCell(id, listener), [runs, id]);
  return useSyncExternalStore(subscribe, () => (drawn ? 0 : roomAt(controller, id)));
}
