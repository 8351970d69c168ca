/** The room of a cell's outputs in this window. */
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

export function roomAt(controller: NotebookController, cell: string): number {
  const { outputs } = controller.session.runs.cell(cell);
  return outputs === null ? 0 : roomOf(outputs, columnOf(controller, cell));
}
