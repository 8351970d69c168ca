/**
 * Keeps the selection on a cell that exists. When the one that a person writes in goes without their doing (somebody deleted
 * it), the next keys are still meant for it: they do nothing until the person turns to something. Plain TypeScript.
 */
import type { CellType } from "../../doc/layout";
import type { Fields, NotebookDoc } from "../../doc/notebook-doc";
import type { Selection } from "./selection";

export interface LostCellPorts {
  readonly book: () => NotebookDoc | null;
  readonly subscribeBook: (listener: () => void) => () => void;
  readonly selection: Selection;
  /** What stands in the editor of a cell; null when it has none. */
  readonly textOf: (cell: string) => string | null;
  /** A cell was taken from the one who writes in it; `back` puts it where it was. */
  readonly lost: (back: () => void) => void;
}

interface Watched {
  readonly type: CellType;
  readonly meta: Fields;
}

export class LostCell {
  private readonly ports: LostCellPorts;
  private order: readonly string[] = [];
  private watched: Watched | null = null;
  private silence = false;
  private stopOrder: () => void = () => undefined;

  constructor(ports: LostCellPorts) {
    this.ports = ports;
    ports.subscribeBook(() => this.follow());
    ports.selection.subscribe(() => this.watch());
    this.follow();
  }

  /** Keys that write or take away are nobody's now. */
  get isSilent(): boolean {
    return this.silence;
  }

  /** The person has turned to something. */
  wake(): void {
    this.silence = false;
  }

  private follow(): void {
    const book = this.ports.book();
    this.stopOrder();
    this.stopOrder = book?.subscribeOrder(() => this.look(book)) ?? (() => undefined);
    if (book !== null) this.look(book);
  }

  private watch(): void {
    const { id, mode } = this.ports.selection.read();
    const book = this.ports.book();
    const cell = id === null || mode !== "edit" ? null : (book?.cell(id) ?? null);
    this.watched = cell === null || book === null ? null : { type: cell.type, meta: book.meta(cell.id) };
  }

  private look(book: NotebookDoc): void {
    const { selection, textOf, lost } = this.ports;
    const [before, order] = [this.order, book.order()];
    this.order = order;
    const { id } = selection.read();
    const index = id === null ? -1 : before.indexOf(id);
    if (id === null || index === -1 || book.cell(id) !== null) return;
    const { watched } = this;
    const source = textOf(id);
    selection.select(nearest(before, index, book, selection.seen()));
    if (watched === null) return;
    this.silence = true;
    lost(() => {
      const { type, meta } = watched;
      this.ports
        .book()
        ?.insertAll([{ id, parts: { type, meta, source: source ?? "" } }], Math.min(index, order.length));
      selection.select(id, "edit");
    });
  }
}

/** Of the cells that are still there and can be seen that before this place, else that after it. */
function nearest(
  before: readonly string[],
  index: number,
  book: NotebookDoc,
  seen: ReadonlySet<string>,
): string | null {
  const stays = (id: string) => seen.has(id) && book.cell(id) !== null;
  return before.slice(0, index).findLast(stays) ?? before.slice(index).find(stays) ?? null;
}
