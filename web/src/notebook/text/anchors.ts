/** Where a link to `#name` leads in a notebook: a heading of a text cell, something that one gave this name, or a cell. */
import { headingsOf, sameAnchor } from "../../doc/headings";
import type { NotebookDoc } from "../../doc/notebook-doc";
import { strings } from "../../words";
import type { NotebookController } from "../controller";
import { findNamed } from "./markdown";

export interface Place {
  readonly cell: string;
  /** Which heading of the cell; null for the cell, or for something in it that is called so. */
  readonly heading: number | null;
}

/** Found in the sources: a cell far away may never have been drawn. */
export function anchorPlace(book: NotebookDoc, name: string): Place | null {
  const cell = /^scrollTo=(.+)$/.exec(name)?.[1];
  if (cell !== undefined) return book.cell(cell) === null ? null : { cell, heading: null };
  const named = new RegExp(`<[^>]*\\s(?:id|name)\\s*=\\s*["']?${escapeRegExp(name)}["'\\s>]`, "i");
  let within: Place | null = null;
  for (const id of book.order()) {
    const facts = book.cell(id);
    if (facts?.type !== "markdown") continue;
    const source = facts.source.toJSON();
    const heading = headingsOf(source).findIndex(({ text }) => sameAnchor(text, name));
    if (heading !== -1) return { cell: id, heading };
    if (within === null && named.test(source)) within = { cell: id, heading: null };
  }
  return within;
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Frames in which a cell that was far away may be drawn. */
const PATIENCE = 30;

export function goToAnchor(controller: NotebookController, name: string): void {
  const { book } = controller;
  const place = book === null ? null : anchorPlace(book, name);
  if (place === null) controller.toasts.say(strings.text.noAnchor(name), null, true);
  else goToPlace(controller, place, name);
}

export function goToPlace(controller: NotebookController, place: Place, name = ""): void {
  controller.selection.select(place.cell, "command");
  const look = (left: number) => {
    const element = document.querySelector(`section[data-cell="${CSS.escape(place.cell)}"]`);
    const prose = element?.querySelector(".prose") ?? null;
    const headings = prose?.querySelectorAll("h1, h2, h3, h4, h5, h6");
    const found = place.heading === null ? prose && findNamed(prose, name) : headings?.[place.heading];
    if (found) found.scrollIntoView({ block: "start" });
    else if (left > 0) requestAnimationFrame(() => look(left - 1));
    else element?.scrollIntoView({ block: "start" });
  };
  requestAnimationFrame(() => look(PATIENCE));
}
