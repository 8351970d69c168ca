/**
 * Sections of the notebook that is open: its outline, folding, and what of it is hidden. Follows the session from one
 * document to the next. Plain TypeScript.
 */
import type { NotebookDoc } from "../../doc/notebook-doc";
import { OutlineStore, type Sections } from "../../doc/outline-store";
import { cellsIn, movedBefore } from "../../doc/sections";

export interface BookSource {
  readonly status: () => { readonly book: NotebookDoc | null };
  readonly subscribe: (listener: () => void) => () => void;
}

type Listener = () => void;

const NONE: Sections = {
  outline: { order: [], entries: [], sections: new Map() },
  folded: new Set(),
  hidden: new Map(),
  visible: [],
};

export class SectionsModel {
  private readonly source: BookSource;
  private readonly listeners = new Set<Listener>();
  private following: { readonly book: NotebookDoc; readonly store: OutlineStore } | null = null;

  constructor(source: BookSource) {
    this.source = source;
    source.subscribe(() => this.follow());
  }

  read = (): Sections => this.follow()?.read() ?? NONE;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The cells of the section that this one begins, itself among them; itself alone when it begins none. */
  cellsOf(id: string): readonly string[] {
    const cells = cellsIn(this.read().outline, id);
    return cells.length === 0 ? [id] : cells;
  }

  fold(ids: readonly string[], folded: boolean): void {
    this.follow()?.fold(ids, folded);
  }

  toggle(id: string): void {
    this.fold([id], !this.read().folded.has(id));
  }

  foldAll(folded: boolean): void {
    this.fold([...this.read().outline.sections.keys()], folded);
  }

  /** Opens what hides this cell. */
  reveal(id: string): void {
    this.follow()?.reveal(id);
  }

  /** Moves a section with all its cells to stand before this cell; to the end for null. */
  move(id: string, before: string | null): void {
    const { book } = this.source.status();
    const ids = this.cellsOf(id);
    if (book === null) return;
    const order = movedBefore(book.order(), ids, before);
    const [first] = ids;
    if (order !== book.order() && first !== undefined) book.move(ids, order.indexOf(first));
  }

  /** Lazily: a page that has not asked yet pays for no outline. */
  private follow(): OutlineStore | null {
    const { book } = this.source.status();
    const { following } = this;
    if ((following?.book ?? null) === book) return following?.store ?? null;
    following?.store.destroy();
    const store = book === null ? null : new OutlineStore(book);
    this.following = book === null || store === null ? null : { book, store };
    store?.subscribe(() => this.tell());
    this.tell();
    return store;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
