/**
 * One lineage (epoch) of a notebook's document, as the page reads and edits it: cells in order, one write per edit,
 * undo of structure, and subscriptions per cell so that a keystroke wakes one cell and a move wakes only the order.
 *
 * Knows Yjs and the layout; knows no socket, no server and no React. Another epoch is another NotebookDoc.
 */
import * as Y from "yjs";

import { between } from "./fractional";
import { type CellFacts, cellMapOf, cellsOf, type CellsMap, type CellType, orderOf, readCell } from "./layout";

/** Origin of updates that came from the server or from this browser's store; everything else is an edit made here. */
export const FROM_SERVER = Symbol("from the server");
export const FROM_STORE = Symbol("from this browser's store");
/** Origin of edits of structure: what undo in command mode takes back. */
const STRUCTURE = Symbol("structure");

type Listener = () => void;

export interface DeletedCell {
  readonly id: string;
  /** Where it stood. */
  readonly index: number;
  readonly parts: Readonly<Record<string, unknown>>;
}

export class NotebookDoc {
  readonly doc: Y.Doc;
  readonly structureUndo: Y.UndoManager;
  private readonly cells: CellsMap;
  private readonly facts = new Map<string, CellFacts | null>();
  private readonly textUndo = new Map<string, { source: Y.Text; undo: Y.UndoManager }>();
  private readonly orderListeners = new Set<Listener>();
  private readonly cellListeners = new Map<string, Set<Listener>>();
  private orderCache: readonly string[];

  constructor(doc: Y.Doc) {
    this.doc = doc;
    this.cells = cellsOf(doc);
    this.orderCache = orderOf(this.cells);
    this.structureUndo = new Y.UndoManager(this.cells, { trackedOrigins: new Set([STRUCTURE]), captureTimeout: 0 });
    this.cells.observeDeep(this.observe);
  }

  destroy(): void {
    this.cells.unobserveDeep(this.observe);
    for (const { undo } of this.textUndo.values()) undo.destroy();
    this.structureUndo.destroy();
    this.doc.destroy();
  }

  // --- reading -------------------------------------------------------------------------------------------------

  /** Cell ids in order; the same array until the order changes. */
  order = (): readonly string[] => this.orderCache;

  /** The same object until the cell's type, position or source object changes (typing changes none of them). */
  cell(id: string): CellFacts | null {
    let facts = this.facts.get(id);
    if (facts === undefined) {
      facts = readCell(id, this.cells.get(id));
      this.facts.set(id, facts);
    }
    return facts;
  }

  subscribeOrder = (listener: Listener): Listener => {
    this.orderListeners.add(listener);
    return () => this.orderListeners.delete(listener);
  };

  /** Called when `cell(id)` gives another object, and when the cell comes or goes. */
  subscribeCell(id: string, listener: Listener): Listener {
    const listeners = this.cellListeners.get(id) ?? new Set();
    this.cellListeners.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.cellListeners.get(id) === listeners) this.cellListeners.delete(id);
    };
  }

  /** Undo of the text of one cell. It outlives the editor, which comes and goes with the viewport. */
  undoOf(cell: CellFacts): Y.UndoManager {
    const kept = this.textUndo.get(cell.id);
    if (kept?.source === cell.source) return kept.undo;
    kept?.undo.destroy();
    const undo = new Y.UndoManager(cell.source, { trackedOrigins: new Set() });
    this.textUndo.set(cell.id, { source: cell.source, undo });
    return undo;
  }

  // --- editing -------------------------------------------------------------------------------------------------

  /** Inserts a cell so that it stands at `index`. */
  insert(id: string, type: CellType, index: number, source = ""): void {
    this.edit(() => {
      this.cells.set(id, cellMapOf({ type, source, pos: this.makeRoom(this.orderCache, index) }));
    });
  }

  /** Moves a cell so that it stands at `index` of the order without it. */
  move(id: string, index: number): void {
    const map = this.cells.get(id);
    if (map === undefined) return;
    this.edit(() =>
      map.set(
        "pos",
        this.makeRoom(
          this.orderCache.filter((other) => other !== id),
          index,
        ),
      ),
    );
  }

  /** Deletes a cell; what comes back can restore it, whatever else was edited meanwhile. */
  delete(id: string): DeletedCell | null {
    const cell = this.cell(id);
    if (cell === null) return null;
    const deleted = { id, index: this.orderCache.indexOf(id), parts: cell.map.toJSON() };
    this.edit(() => this.cells.delete(id));
    return deleted;
  }

  /** Puts a deleted cell back under its id, by which the server finds its outputs. */
  restore({ id, parts }: DeletedCell): void {
    if (this.cells.has(id)) return;
    this.edit(() => this.cells.set(id, cellMapOf(parts)));
  }

  setType(id: string, type: CellType): void {
    const cell = this.cell(id);
    if (cell !== null && cell.type !== type) this.edit(() => cell.map.set("type", type));
  }

  setSource(id: string, source: string): void {
    const cell = this.cell(id);
    if (cell === null) return;
    this.edit(() => {
      cell.source.delete(0, cell.source.length);
      cell.source.insert(0, source);
    });
  }

  private edit(change: () => void): void {
    this.structureUndo.stopCapturing();
    this.doc.transact(change, STRUCTURE);
  }

  /**
   * A position for a cell that shall stand at `index` of `order`. Cells that were inserted at the same place at the
   * same time share a position; when the new cell goes between such cells, the later ones are moved up behind it.
   */
  private makeRoom(order: readonly string[], index: number): string {
    const before = index > 0 ? this.posAt(order, index - 1) : null;
    let next = index;
    while (before !== null && this.posAt(order, next) === before) next += 1;
    const end = this.posAt(order, next);
    const room = between(before, end);
    let last = room;
    for (const id of order.slice(index, next)) {
      last = between(last, end);
      this.cells.get(id)?.set("pos", last);
    }
    return room;
  }

  private posAt(order: readonly string[], index: number): string | null {
    const id = order[index];
    return id === undefined ? null : (this.cell(id)?.pos ?? null);
  }

  // --- noticing ------------------------------------------------------------------------------------------------

  private readonly observe = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    const touched = new Set<string>();
    for (const event of events) {
      const [id, ...inner] = event.path;
      if (id === undefined) for (const key of event.keys.keys()) touched.add(key);
      else if (inner.length === 0) touched.add(String(id));
    }
    if (touched.size === 0) return;
    for (const id of touched) this.facts.delete(id);
    this.refreshOrder();
    for (const id of touched) for (const listener of this.cellListeners.get(id) ?? []) listener();
  };

  private refreshOrder(): void {
    const order = orderOf(this.cells);
    const same = order.length === this.orderCache.length && order.every((id, at) => id === this.orderCache[at]);
    if (same) return;
    this.orderCache = order;
    for (const listener of this.orderListeners) listener();
  }
}
