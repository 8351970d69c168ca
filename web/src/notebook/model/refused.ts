/** Edits that the server does not take any more: which cells they are in, and those cells as a notebook of their own. Pure. */
import type { NotebookDoc } from "../../doc/notebook-doc";
import { nbCell, nbNotebook } from "./nbcells";

export interface RefusedCell {
  readonly id: string;
  readonly text: string;
}

/** Cells of `mine` that are not, or not so, in what the server has. */
export function refusedCells(mine: NotebookDoc, theirs: NotebookDoc | null): readonly RefusedCell[] {
  return mine.order().flatMap((id) => {
    const text = mine.cell(id)?.source.toJSON() ?? "";
    const same = theirs !== null && theirs.cell(id)?.source.toJSON() === text;
    return same ? [] : [{ id, text }];
  });
}

/** The whole notebook as it was written here, as .ipynb. Outputs are the server's to keep. */
export function refusedFile(mine: NotebookDoc): string {
  const cells = mine.order().flatMap((id) => {
    const cell = mine.cell(id);
    return cell === null ? [] : [nbCell(cell, mine.meta(id), mine.attachments(id), null)];
  });
  return JSON.stringify(nbNotebook(cells, mine.notebookMeta()));
}
