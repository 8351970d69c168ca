/** How the outputs of a cell are shown, kept in its metadata as Jupyter does. Pure, but for the writing. */
import type { Fields, NotebookDoc } from "../../doc/notebook-doc";

/** `auto`: a long text scrolls in a box, a short one is whole. */
export type Scrolling = "auto" | "scroll" | "fit";

const jupyterOf = (meta: Fields): Fields => {
  const { jupyter } = meta;
  return typeof jupyter === "object" && jupyter !== null && !Array.isArray(jupyter) ? (jupyter as Fields) : {};
};

export function scrollingOf(meta: Fields): Scrolling {
  if (meta["scrolled"] === true) return "scroll";
  return meta["scrolled"] === false ? "fit" : "auto";
}

/** Jupyter writes the one or the other. */
export const areHidden = (meta: Fields): boolean =>
  jupyterOf(meta)["outputs_hidden"] === true || meta["collapsed"] === true;

export function setScrolling(book: NotebookDoc, cell: string, scrolling: Scrolling): void {
  book.setMeta(cell, "scrolled", scrolling === "auto" ? undefined : scrolling === "scroll");
}

export function setHidden(book: NotebookDoc, cell: string, hidden: boolean): void {
  const meta = book.meta(cell);
  const rest = Object.entries(jupyterOf(meta)).filter(([key]) => key !== "outputs_hidden");
  const jupyter = Object.fromEntries(hidden ? [...rest, ["outputs_hidden", true]] : rest);
  book.setMeta(cell, "jupyter", Object.keys(jupyter).length === 0 ? undefined : jupyter);
  if (!hidden && meta["collapsed"] === true) book.setMeta(cell, "collapsed", undefined);
}
