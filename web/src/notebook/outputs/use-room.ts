/** The room of a cell's outputs in this window. */
import { frameHeights } from "../../browser";
import { useController } from "../context";
import type { NotebookController } from "../controller";
import { type Column, roomOf } from "./room";

/** What the bars, the gutter and the space around a cell leave of a wide and of a narrow window (notebook.css, outputs.css). */
const BESIDE_PX = 146;
const WIDEST_PX = 1_002;
const BESIDE_NARROW_PX = 62;
const NARROW_PX = 720;
const BOX_PX = 600;
const BOX_PART = 0.7;

/** Not asked of the layout: thousands of cells ask before there is one. */
export function columnOf({ session }: NotebookController, cell: string): Column {
  const wide = Math.min(WIDEST_PX, innerWidth - BESIDE_PX);
  const width = innerWidth > NARROW_PX ? wide : innerWidth - BESIDE_NARROW_PX;
  return {
    width,
    box: Math.min(BOX_PX, innerHeight * BOX_PART),
    frame: frameHeights.get(`${session.notebook}/${cell}`),
  };
}

export function useColumn(cell: string): Column {
  return columnOf(useController(), cell);
}

export function roomAt(controller: NotebookController, cell: string): number {
  const { outputs } = controller.session.runs.cell(cell);
  return outputs === null ? 0 : roomOf(outputs, columnOf(controller, cell));
}
