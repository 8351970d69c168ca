/**
 * What a person does to cells as wholes: insert, move, delete, split, merge, cut, paste, change. Each is one step for
 * undo. Plain TypeScript; everything goes through NotebookDoc.
 */
import type { CellType } from "../../doc/layout";
import type { DeletedCell, NotebookDoc } from "../../doc/notebook-doc";
import type { RunStore } from "../../runs/store";
import { nbCell, nbNotebook, readCells } from "./nbcells";
import type { Mode, Selection } from "./selection";

export interface Deleted {
  readonly count: number;
  readonly undo: () => void;
  /** Calls when the cells are back by another way. What comes back ends that. */
  readonly onBack: (listener: () => void) => () => void;
}

export interface StructurePorts {
  readonly book: () => NotebookDoc | null;
  readonly runs: RunStore;
  readonly newId: () => string;
  /** Cells were deleted, and `undo` brings them back with their outputs. */
  readonly deleted: (deleted: Deleted) => void;
}

/** What makes a heading of a first line, and what stands before it. */
const HEADING_MARK = /^[ \t]*(?:#{1,6}(?:[ \t]+|(?=\r?\n|$)))?/;

export class Structure {
  private readonly ports: StructurePorts;
  private readonly selection: Selection;
  /** Cells that were cut here: pasted for the first time they come back under their ids, and so with their outputs. */
  private readonly cut = new Set<string>();
  /** What was copied last here, for where the browser gives no clipboard. */
  private copied: string | null = null;

  constructor(ports: StructurePorts, selection: Selection) {
    this.ports = ports;
    this.selection = selection;
  }

  /** Inserts a cell at this place and starts to edit it, or only selects it. */
  insert(type: CellType, index: number, source = "", mode: Mode = "edit"): string | null {
    const { book } = this;
    if (book === null) return null;
    const id = this.ports.newId();
    book.insert(id, type, index, source);
    this.selection.select(id, mode);
    return id;
  }

  insertBeside(type: CellType, side: "above" | "below", source = "", mode: Mode = "edit"): string | null {
    const at = this.index();
    return this.insert(type, at === -1 ? this.order().length : at + (side === "below" ? 1 : 0), source, mode);
  }

  /** Inserts a code cell behind this one; before all when it is null. */
  insertBehind(type: CellType, id: string | null): string | null {
    return this.insert(type, id === null ? 0 : this.order().indexOf(id) + 1);
  }

  /** Moves the selected cells by one place; a folded section counts as one. */
  moveBy(by: 1 | -1): void {
    const { book, selection } = this;
    const ids = selection.whole();
    const [first] = ids;
    if (book === null || first === undefined) return;
    const order = book.order();
    if (by === 1 && ids.at(-1) === order.at(-1)) return;
    const moved = new Set(ids);
    const other = selection.beside(first, by, moved);
    if (other === null) return;
    const end = order.indexOf(selection.wholeOf(other).at(-1) ?? other) + 1;
    this.moveTo(ids, by === -1 ? other : (order.slice(end).find((id) => !moved.has(id)) ?? null));
  }

  /** Moves these cells to stand before `before`; at the end when it is null. */
  moveTo(ids: readonly string[], before: string | null): void {
    const { book } = this;
    if (book === null || (before !== null && ids.includes(before))) return;
    const moved = new Set(ids);
    const rest = book.order().filter((id) => !moved.has(id));
    const at = before === null ? rest.length : rest.indexOf(before);
    if (at !== -1) book.move(ids, at);
  }

  /** Deletes cells, and offers them back: the server keeps their outputs for that. */
  delete(ids: readonly string[] = this.selection.whole()): void {
    const { book } = this;
    if (book === null) return;
    this.leave();
    const deleted = book.delete(ids);
    const [first] = deleted;
    if (first === undefined) return;
    this.selectNear(book, first);
    const undo = () => {
      if (this.book !== book) return;
      book.restore(deleted);
      this.selection.select(first.id);
    };
    const areBack = () => deleted.every(({ id }) => book.cell(id) !== null);
    const onBack = (listener: () => void) => book.subscribeOrder(() => areBack() && listener());
    this.ports.deleted({ count: deleted.length, undo, onBack });
  }

  undo(): void {
    this.stepBack((book) => book.structureUndo.undo());
  }

  redo(): void {
    this.stepBack((book) => book.structureUndo.redo());
  }

  /** Cells that come back are selected; when that in focus goes, its neighbour is (LostCell). */
  private stepBack(step: (book: NotebookDoc) => void): void {
    const { book } = this;
    if (book === null) return;
    const before = new Set(book.order());
    this.leave();
    step(book);
    const [first, ...others] = book.order().filter((id) => !before.has(id));
    if (first === undefined) return;
    this.selection.select(first);
    const last = others.at(-1);
    if (last !== undefined) this.selection.extendTo(last);
  }

  setType(type: CellType): void {
    const { book } = this;
    book?.group(() => {
      for (const id of this.selection.cells()) book.setType(id, type);
    });
  }

  /** Makes text cells of the selected ones, each with its first line as a heading of this level. */
  setHeading(level: number): void {
    const { book } = this;
    book?.group(() => {
      for (const id of this.selection.cells()) {
        const mark = HEADING_MARK.exec(book.cell(id)?.source.toJSON() ?? "")?.[0] ?? "";
        book.setType(id, "markdown");
        book.spliceSource(id, 0, mark.length, `${"#".repeat(level)} `);
      }
    });
  }

  /** Splits a cell at these places of its source (UTF-16); the first part stays where it is, with the outputs. */
  split(id: string, places: readonly number[]): void {
    const { book } = this;
    const cell = book?.cell(id);
    if (book === null || !cell) return;
    const text = cell.source.toJSON();
    const inner = [...new Set(places)].filter((at) => at > 0 && at < text.length).sort((a, b) => a - b);
    const cuts = inner.length === 0 ? [text.length] : inner;
    const parts = cuts.map((at, nth) => text.slice(at, cuts[nth + 1] ?? text.length));
    const made = parts.map((source) => ({
      id: this.ports.newId(),
      parts: { type: cell.type, source: source.replace(/^\n/, "") },
    }));
    book.group(() => {
      const [at = text.length] = cuts;
      const trailing = text[at - 1] === "\n" ? 1 : 0;
      book.spliceSource(id, at - trailing, text.length, "");
      book.insertAll(made, book.order().indexOf(id) + 1);
    });
    this.selection.select(made[0]?.id ?? id, "edit");
  }

  /** Joins the selected cells, or the one in focus with its neighbour, into the first of them. */
  merge(by: 1 | -1 = 1): void {
    const { book, selection } = this;
    const chosen = selection.cells();
    const neighbour = selection.neighbour(by);
    const [one] = chosen;
    if (book === null || one === undefined || (chosen.length === 1 && neighbour === null)) return;
    const ids = chosen.length > 1 ? chosen : by === 1 ? [one, neighbour ?? one] : [neighbour ?? one, one];
    const [first = one, ...rest] = ids;
    const end = book.cell(first)?.source.length ?? 0;
    const added = rest.map((id) => `\n${book.cell(id)?.source.toJSON() ?? ""}`).join("");
    this.leave();
    book.group(() => {
      book.spliceSource(first, end, end, added);
      book.delete(rest);
    });
    selection.select(first);
  }

  // --- the clipboard -------------------------------------------------------------------------------------------

  /** The selected cells as an nbformat notebook. */
  copy(ids: readonly string[] = this.selection.whole()): string {
    const { book } = this;
    const cells = ids.flatMap((id) => {
      const cell = book?.cell(id) ?? null;
      if (book === null || cell === null) return [];
      return [nbCell(cell, book.meta(id), book.attachments(id), this.ports.runs.cell(id).outputs)];
    });
    this.copied = JSON.stringify(nbNotebook(cells), null, 1);
    return this.copied;
  }

  cutCells(ids: readonly string[] = this.selection.whole()): string {
    const text = this.copy(ids);
    for (const id of ids) this.cut.add(id);
    this.delete(ids);
    return text;
  }

  /** Pastes cells beside the one in focus. False when the text holds none. */
  paste(text: string | null, side: "above" | "below" = "below"): boolean {
    const { book } = this;
    const cells = readCells(text ?? this.copied ?? "", (id) => this.idFor(book, id));
    if (book === null || cells === null) return false;
    const ids = this.selection.cells();
    const edge = side === "below" ? ids.at(-1) : ids[0];
    const at = edge === undefined ? book.order().length : book.order().indexOf(edge) + (side === "below" ? 1 : 0);
    book.insertAll(cells, at);
    this.selection.select(cells[0]?.id ?? null);
    const last = cells.at(-1);
    if (last !== undefined) this.selection.extendTo(last.id);
    return true;
  }

  private idFor(book: NotebookDoc | null, id: unknown): string {
    if (typeof id === "string" && this.cut.delete(id) && book?.cell(id) === null) return id;
    return this.ports.newId();
  }

  private selectNear(book: NotebookDoc, { index }: DeletedCell): void {
    const order = book.order();
    this.selection.select(order[Math.min(index, order.length - 1)] ?? null);
  }

  /** The cell in focus may go by the person's own doing. */
  private leave(): void {
    const { id } = this.selection.read();
    if (id !== null) this.selection.leave(id);
  }

  private get book(): NotebookDoc | null {
    return this.ports.book();
  }

  private order(): readonly string[] {
    return this.book?.order() ?? [];
  }

  private index(): number {
    const { id } = this.selection.read();
    return id === null ? -1 : this.order().indexOf(id);
  }
}
