/**
 * One lineage (epoch) of a notebook's document, as the page reads and edits it: cells in order, one write per edit,
 * undo of structure, and subscriptions per cell so that a keystroke wakes one cell and a move wakes only the order.
 *
 * Knows Yjs and the layout; knows no socket, no server and no React. Another epoch is another NotebookDoc.
 */
import * as Y from "yjs";

import { between } from "./fractional";
import {
  ATTACHMENT,
  attachmentsOf,
  type CellFacts,
  cellMapOf,
  cellsOf,
  type CellsMap,
  type CellType,
  orderOf,
  readCell,
} from "./layout";
import { KeyedListeners } from "./listeners";
import { entriesOf, sharedMap, spliceText, writeEntry } from "./shared";

/** Origin of updates that came from the server or from this browser's store; everything else is an edit made here. */
export const FROM_SERVER = Symbol("from the server");
export const FROM_STORE = Symbol("from this browser's store");
/** Origin of edits of structure: what undo in command mode takes back. */
const STRUCTURE = Symbol("structure");
/** Origin of edits of a cell's text that no editor made (a form, a check mark): undone with what was typed there. */
const TEXT = Symbol("text");
/** Origin of what is kept with the notebook and no person takes back (which sections are folded). */
const NOTES = Symbol("notes");
const FACTS: ReadonlySet<string> = new Set(["type", "pos", "source"]);

type Listener = () => void;
export type Fields = Readonly<Record<string, unknown>>;
const NO_FIELDS: Fields = {};

/** A cell that is to be made: its parts as JSON, as in layout.ts. The id may be one that was deleted. */
export interface NewCell {
  readonly id: string;
  readonly parts: Fields & { readonly type: CellType };
}

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
  private readonly metas = new Map<string, Fields>();
  private notebookMetas: Fields | null = null;
  private readonly orderListeners = new Set<Listener>();
  private readonly cellListeners = new KeyedListeners();
  private readonly metaListeners = new KeyedListeners();
  private readonly notebookListeners = new Set<Listener>();
  private readonly nb: Y.Map<unknown>;
  private orderCache: readonly string[];
  private locked = false;
  /** Of who may not edit: what they fold and hide for themselves, by the id of the cell; "" for the notebook. */
  private readonly views = new Map<string, Readonly<Record<string, unknown>>>();

  constructor(doc: Y.Doc) {
    this.doc = doc;
    this.cells = cellsOf(doc);
    this.orderCache = orderOf(this.cells);
    this.structureUndo = new Y.UndoManager(this.cells, { trackedOrigins: new Set([STRUCTURE]), captureTimeout: 0 });
    this.cells.observeDeep(this.observe);
    this.nb = doc.getMap("nb");
    this.nb.observeDeep(this.observeNotebook);
  }

  destroy(): void {
    this.cells.unobserveDeep(this.observe);
    this.nb.unobserveDeep(this.observeNotebook);
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
  subscribeCell = (id: string, listener: Listener): Listener => this.cellListeners.add(id, listener);

  /** The cell's metadata as JSON; the same object until it changes, or the attachments do. */
  meta(id: string): Fields {
    let fields = this.metas.get(id);
    if (fields === undefined) {
      const map = this.cell(id)?.map;
      fields = map === undefined ? NO_FIELDS : this.seen(id, entriesOf(map.get("meta")));
      this.metas.set(id, fields);
    }
    return fields;
  }

  attachments(id: string): Fields {
    const map = this.cell(id)?.map;
    return map === undefined ? NO_FIELDS : attachmentsOf(map);
  }

  /** Called when the cell's metadata or its attachments change. */
  subscribeMeta = (id: string, listener: Listener): Listener => this.metaListeners.add(id, listener);

  /** The notebook's metadata as JSON; the same object until it changes. */
  notebookMeta = (): Fields => (this.notebookMetas ??= this.seen("", entriesOf(this.nb.get("metadata"))));

  subscribeNotebook = (listener: Listener): Listener => {
    this.notebookListeners.add(listener);
    return () => this.notebookListeners.delete(listener);
  };

  /** Undo of the text of one cell. It outlives the editor, which comes and goes with the viewport. */
  undoOf(cell: CellFacts): Y.UndoManager {
    const kept = this.textUndo.get(cell.id);
    if (kept?.source === cell.source) return kept.undo;
    kept?.undo.destroy();
    const undo = new Y.UndoManager(cell.source, { trackedOrigins: new Set([TEXT]) });
    this.textUndo.set(cell.id, { source: cell.source, undo });
    return undo;
  }

  /**
   * Who may not edit changes nothing: every edit is left undone, and there is none to take back. Metadata says how the
   * notebook is looked at, too: what is set of it is seen here alone, until the lock is opened.
   */
  lock(locked: boolean): void {
    if (locked === this.locked) return;
    this.locked = locked;
    if (locked) {
      this.structureUndo.clear();
      for (const { undo } of this.textUndo.values()) undo.clear();
      return;
    }
    const seen = [...this.views.keys()];
    this.views.clear();
    for (const id of seen) this.wakeMeta(id);
  }

  private setView(id: string, key: string, value: unknown): void {
    this.views.set(id, { ...this.views.get(id), [key]: value });
    this.wakeMeta(id);
  }

  private wakeMeta(id: string): void {
    if (id === "") return this.observeNotebook();
    this.metas.delete(id);
    this.metaListeners.call(id);
  }

  private seen(id: string, fields: Fields): Fields {
    const view = this.views.get(id);
    if (view === undefined) return fields;
    return Object.fromEntries(Object.entries({ ...fields, ...view }).filter(([, value]) => value !== undefined));
  }

  // --- editing -------------------------------------------------------------------------------------------------

  /** All that `change` does is one step for undo. */
  group(change: () => void): void {
    this.edit(change);
  }

  /** Inserts a cell so that it stands at `index`. */
  insert(id: string, type: CellType, index: number, source = ""): void {
    this.insertAll([{ id, parts: { type, source } }], index);
  }

  /** Inserts cells so that the first of them stands at `index`. One that is there already stays as it is. */
  insertAll(made: readonly NewCell[], index: number): void {
    const cells = made.filter(({ id }) => !this.cells.has(id));
    this.edit(() => {
      const places = this.makeRoom(this.orderCache, index, cells.length);
      cells.forEach(({ id, parts }, at) => this.cells.set(id, cellMapOf({ ...parts, pos: places[at] })));
    });
  }

  /** Moves cells, in this order, so that the first of them stands at `index` of the order without them. */
  move(ids: readonly string[], index: number): void {
    const there = ids.filter((id) => this.cells.has(id));
    const moved = new Set(there);
    this.edit(() => {
      const rest = this.orderCache.filter((id) => !moved.has(id));
      const places = this.makeRoom(rest, index, there.length);
      there.forEach((id, at) => this.cells.get(id)?.set("pos", places[at]));
    });
  }

  /** Deletes cells; what comes back can restore them, whatever else was edited meanwhile. */
  delete(ids: readonly string[]): readonly DeletedCell[] {
    const deleted = ids.flatMap((id) => {
      const cell = this.cell(id);
      return cell === null ? [] : [{ id, index: this.orderCache.indexOf(id), parts: cell.map.toJSON() }];
    });
    if (deleted.length > 0) this.edit(() => deleted.forEach(({ id }) => this.cells.delete(id)));
    return deleted;
  }

  /** Puts deleted cells back under their ids, by which the server finds their outputs. */
  restore(deleted: readonly DeletedCell[]): void {
    this.edit(() => {
      for (const { id, parts } of deleted) if (!this.cells.has(id)) this.cells.set(id, cellMapOf(parts));
    });
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

  /** Puts `text` in place of what stands from `from` to `to` (UTF-16), writing only what differs. */
  spliceSource(id: string, from: number, to: number, text: string): void {
    const cell = this.cell(id);
    if (cell === null) return;
    this.undoOf(cell).stopCapturing();
    this.write(() => spliceText(cell.source, from, to, text), TEXT);
  }

  /** Sets one field of the cell's metadata; undefined takes it away. */
  setMeta(id: string, key: string, value: unknown): void {
    const cell = this.cell(id);
    if (cell === null) return;
    if (this.locked) this.setView(id, key, value);
    else this.edit(() => writeEntry(sharedMap(cell.map, "meta"), key, value));
  }

  /** Keeps a file with the cell. `bundle` is nbformat's: MIME type -> base64. */
  attach(id: string, name: string, bundle: Fields): void {
    const cell = this.cell(id);
    if (cell !== null) this.write(() => cell.map.set(ATTACHMENT + name, bundle), NOTES);
  }

  /** Sets one field of the notebook's metadata; undefined takes it away. */
  setNotebookMeta(key: string, value: unknown): void {
    if (this.locked) this.setView("", key, value);
    else this.write(() => writeEntry(sharedMap(this.nb, "metadata"), key, value), NOTES);
  }

  private edit(change: () => void): void {
    this.structureUndo.stopCapturing();
    this.write(change, STRUCTURE);
  }

  private write(change: () => void, origin: symbol): void {
    if (!this.locked) this.doc.transact(change, origin);
  }

  /**
   * Positions for cells that shall stand from `index` of `order` on. Cells that were inserted at the same place at the
   * same time share a position; when new cells go between such cells, the later ones are moved up behind them.
   */
  private makeRoom(order: readonly string[], index: number, count: number): readonly string[] {
    const before = index > 0 ? this.posAt(order, index - 1) : null;
    let next = index;
    while (before !== null && this.posAt(order, next) === before) next += 1;
    const end = this.posAt(order, next);
    const places: string[] = [];
    let last = before;
    for (let made = 0; made < count; made += 1) places.push((last = between(last, end)));
    for (const id of order.slice(index, next)) {
      last = between(last, end);
      this.cells.get(id)?.set("pos", last);
    }
    return places;
  }

  private posAt(order: readonly string[], index: number): string | null {
    const id = order[index];
    return id === undefined ? null : (this.cell(id)?.pos ?? null);
  }

  // --- noticing ------------------------------------------------------------------------------------------------

  private readonly observe = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    const touched = new Set<string>();
    const described = new Set<string>();
    for (const event of events) {
      const [id, part] = event.path;
      const keys = [...event.keys.keys()];
      if (id === undefined) for (const key of keys) touched.add(key);
      else if (part === undefined && keys.some((key) => FACTS.has(key))) touched.add(String(id));
      if (part === "meta" || part === "attachments" || part === undefined) {
        for (const key of id === undefined ? keys : [String(id)]) described.add(key);
      }
    }
    for (const id of described) this.metas.delete(id);
    if (touched.size > 0) {
      for (const id of touched) this.facts.delete(id);
      this.refreshOrder();
      for (const id of touched) this.cellListeners.call(id);
    }
    for (const id of described) this.metaListeners.call(id);
  };

  private readonly observeNotebook = (): void => {
    this.notebookMetas = null;
    for (const listener of this.notebookListeners) listener();
  };

  private refreshOrder(): void {
    const order = orderOf(this.cells);
    const same = order.length === this.orderCache.length && order.every((id, at) => id === this.orderCache[at]);
    if (same) return;
    this.orderCache = order;
    for (const listener of this.orderListeners) listener();
  }
}
