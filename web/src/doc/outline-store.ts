/**
 * The outline of one NotebookDoc, and what of it is folded and hidden, as both change. Reads the headings of a text cell
 * again only when its text changed, and tells only when the outline did: typing a sentence wakes nobody.
 *
 * Folding is the one thing that it writes, as metadata.
 */
import type * as Y from "yjs";

import { collapsedSections, colabWith, isHeadingCollapsed } from "./folding";
import { type Heading, headingsOf } from "./headings";
import { cellsOf, type CellsMap } from "./layout";
import type { NotebookDoc } from "./notebook-doc";
import { foldedAround, hiddenBy, type Outline, outlineOf } from "./sections";

export interface Sections {
  readonly outline: Outline;
  /** Ids of cells that begin a folded section. */
  readonly folded: ReadonlySet<string>;
  /** Hidden cells, each with the folded section that one sees in its place. */
  readonly hidden: ReadonlyMap<string, string>;
  /** Cells that are not hidden, in their order. */
  readonly visible: readonly string[];
}

type Listener = () => void;

const NO_HEADINGS: readonly Heading[] = [];

export class OutlineStore {
  private readonly book: NotebookDoc;
  private readonly cells: CellsMap;
  private readonly listeners = new Set<Listener>();
  private readonly headings = new Map<string, readonly Heading[]>();
  private readonly stopNotebook: () => void;
  private current: Sections;

  constructor(book: NotebookDoc) {
    this.book = book;
    this.cells = cellsOf(book.doc);
    this.current = this.make();
    this.cells.observeDeep(this.observe);
    this.stopNotebook = book.subscribeNotebook(this.refresh);
  }

  destroy(): void {
    this.cells.unobserveDeep(this.observe);
    this.stopNotebook();
  }

  read = (): Sections => this.current;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Folds or opens sections. Those that are so already, and cells that begin none, are left alone when folding. */
  fold(ids: readonly string[], folded: boolean): void {
    const { outline } = this.current;
    const wanted = ids.filter((id) => this.current.folded.has(id) !== folded && (!folded || outline.sections.has(id)));
    if (wanted.length === 0) return;
    for (const id of wanted) {
      if (!folded && isHeadingCollapsed(this.book.meta(id))) this.book.setMeta(id, "heading_collapsed", undefined);
    }
    this.book.setNotebookMeta("colab", colabWith(this.book.notebookMeta(), wanted, folded));
  }

  /** Opens all sections that hide this cell. */
  reveal(id: string): void {
    if (this.current.hidden.has(id)) this.fold(foldedAround(this.current.outline, this.current.folded, id), false);
  }

  private headingsIn(id: string): readonly Heading[] {
    let found = this.headings.get(id);
    if (found === undefined) {
      const cell = this.book.cell(id);
      found = cell?.type === "markdown" ? headingsOf(cell.source.toJSON()) : NO_HEADINGS;
      this.headings.set(id, found);
    }
    return found;
  }

  private make(): Sections {
    const order = this.book.order();
    const outline = outlineOf(order.map((id) => ({ id, headings: this.headingsIn(id) })));
    const listed = new Set(collapsedSections(this.book.notebookMeta()));
    const isFolded = (id: string) => listed.has(id) || isHeadingCollapsed(this.book.meta(id));
    const folded = new Set([...outline.sections.keys()].filter(isFolded));
    const hidden = hiddenBy(outline, folded);
    return { outline, folded, hidden, visible: hidden.size === 0 ? order : order.filter((id) => !hidden.has(id)) };
  }

  private readonly refresh = (): void => {
    this.current = this.make();
    for (const listener of this.listeners) listener();
  };

  private readonly observe = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    let stale = false;
    for (const event of events) {
      const [id, part] = event.path;
      if (id === undefined || part === undefined || part === "meta") {
        for (const key of id === undefined ? event.keys.keys() : [String(id)]) this.headings.delete(key);
        stale = true;
      } else if (part === "source") stale = this.retyped(String(id)) || stale;
    }
    if (stale) this.refresh();
  };

  /** True when the headings of the cell are others than before. */
  private retyped(id: string): boolean {
    const before = this.headings.get(id) ?? NO_HEADINGS;
    this.headings.delete(id);
    const after = this.headingsIn(id);
    const same = before.length === after.length && before.every((heading, at) => isSame(heading, after[at]));
    return !same;
  }
}

const isSame = (one: Heading, other: Heading | undefined) =>
  one.level === other?.level && one.text === other.text && one.line === other.line;
