/**
 * Keeps documents in this browser (IndexedDB), so that edits made without a connection outlive a reload.
 *
 *   heads    notebook -> {epoch, unsaved}              the document as of the last visit
 *   asides   notebook -> {epoch}                       an earlier epoch that held unsaved edits, until it is discarded
 *   updates  (auto) -> {notebook, epoch, update}       index by notebook and epoch
 *
 * A copy for this browser only: the server's document is the truth, and another epoch's copy is never merged into it.
 * Writes are in order and best effort: a browser that refuses to keep (private mode, full disk) costs nothing else.
 * What waits while a write is under way goes into the next one; what waits when the page is left goes to a Parting.
 */
import * as Y from "yjs";

import type { Kept } from "./lineage";
import type { Parted, Parting } from "./parting";

interface Head {
  readonly notebook: string;
  readonly epoch: string;
  /** The tabs (DocumentKeep.tab) with edits in it that the server had not made durable. */
  readonly unsaved: readonly string[];
}

interface AsideHead {
  readonly notebook: string;
  readonly epoch: string;
}

type Row = Parted;

interface Append {
  readonly t: "append";
  readonly row: Row;
  readonly unsaved: boolean;
}

interface Saved {
  readonly t: "saved";
  readonly notebook: string;
  readonly epoch: string;
}

type Entry = Append | Saved;

interface Stores {
  readonly heads: IDBObjectStore;
  readonly asides: IDBObjectStore;
  readonly updates: IDBObjectStore;
}

const COMPACT_ROWS = 200;

/** The result of a request. The stores hold only what this file puts into them, so the caller names the type. */
function asked<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB failed"));
  });
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB failed"));
  });
}

async function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open("noctule-documents", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("heads", { keyPath: "notebook" });
    request.result.createObjectStore("asides", { keyPath: "notebook" });
    request.result.createObjectStore("updates", { autoIncrement: true }).createIndex("epoch", ["notebook", "epoch"]);
  };
  return asked<IDBDatabase>(request);
}

async function removeRows({ updates }: Stores, notebook: string, epoch: string): Promise<void> {
  const keys = await asked<IDBValidKey[]>(updates.index("epoch").getAllKeys([notebook, epoch]));
  for (const key of keys) updates.delete(key);
}

/** The updates of an epoch; many are made one on the way. */
async function readRows(stores: Stores, notebook: string, epoch: string): Promise<readonly Uint8Array[]> {
  const rows = await asked<Row[]>(stores.updates.index("epoch").getAll([notebook, epoch]));
  const updates = rows.map(({ update }) => update);
  if (updates.length <= COMPACT_ROWS) return updates;
  const whole = Y.mergeUpdates(updates);
  await removeRows(stores, notebook, epoch);
  stores.updates.add({ notebook, epoch, update: whole } satisfies Row);
  return [whole];
}

/** Appends of one document that follow one another, as one. */
function joined(entries: readonly Entry[]): readonly Entry[] {
  const result: Entry[] = [];
  let group: Append[] = [];
  const close = () => {
    const [first, ...more] = group;
    if (first === undefined) return;
    const update = more.length === 0 ? first.row.update : Y.mergeUpdates(group.map(({ row }) => row.update));
    result.push({ t: "append", row: { ...first.row, update }, unsaved: group.some(({ unsaved }) => unsaved) });
    group = [];
  };
  for (const entry of entries) {
    const same = entry.t === "append" && (group[0] === undefined || sameDocument(group[0].row, entry.row));
    if (!same) close();
    if (entry.t === "append") group.push(entry);
    else result.push(entry);
  }
  close();
  return result;
}

function sameDocument(one: Row, other: Row): boolean {
  return one.notebook === other.notebook && one.epoch === other.epoch;
}

export class DocumentKeep {
  private readonly database: Promise<IDBDatabase>;
  private readonly parting: Parting;
  private readonly tab: string;
  /** Tabs whose unsaved edits this one has taken over, by loading them. */
  private readonly inherited = new Set<string>();
  private waiting: Entry[] = [];
  private beingWritten: readonly Entry[] = [];
  private writing: Promise<void> | null = null;

  /** `tab`: an id of this page, unlike that of any other. */
  constructor(factory: IDBFactory, parting: Parting, tab: string) {
    this.database = openDatabase(factory);
    this.database.catch(() => undefined);
    this.parting = parting;
    this.tab = tab;
  }

  /** The document as of the last visit; null when none was kept, or none can be. */
  async load(notebook: string): Promise<Kept | null> {
    await this.written();
    const parted = this.parting.read(notebook);
    return this.attempt(async (stores) => {
      for (const row of parted.rows) await this.takeIn(stores, row);
      const head = await asked<Head | undefined>(stores.heads.get(notebook));
      if (head === undefined) return null;
      const updates = await readRows(stores, notebook, head.epoch);
      for (const tab of head.unsaved) this.inherited.add(tab);
      return updates.length === 0 ? null : { epoch: head.epoch, updates, unsaved: head.unsaved.length > 0 };
    }, parted.forget);
  }

  /** The earlier epoch that was put aside for its unsaved edits. */
  async loadAside(notebook: string): Promise<Kept | null> {
    await this.written();
    return this.attempt(async (stores) => {
      const aside = await asked<AsideHead | undefined>(stores.asides.get(notebook));
      if (aside === undefined) return null;
      return { epoch: aside.epoch, updates: await readRows(stores, notebook, aside.epoch), unsaved: true };
    });
  }

  /** Adds an update of this epoch. Another epoch's copy is put aside when it held unsaved edits, else dropped. */
  append(notebook: string, epoch: string, update: Uint8Array, unsaved: boolean): Promise<void> {
    this.waiting.push({ t: "append", row: { notebook, epoch, update }, unsaved });
    return this.written();
  }

  /** All edits of this tab, and those that it loaded, are durable on the server. */
  saved(notebook: string, epoch: string): Promise<void> {
    this.waiting.push({ t: "saved", notebook, epoch });
    return this.written();
  }

  async forgetAside(notebook: string): Promise<void> {
    await this.written();
    await this.attempt(async (stores) => {
      const aside = await asked<AsideHead | undefined>(stores.asides.get(notebook));
      if (aside !== undefined) await removeRows(stores, notebook, aside.epoch);
      stores.asides.delete(notebook);
      return null;
    });
  }

  /** The page goes away: a browser may drop the writes that it has not ended. */
  leave(): void {
    const entries = [...this.beingWritten, ...this.waiting];
    const edits = entries.filter((entry) => entry.t === "append").filter(({ unsaved }) => unsaved);
    this.parting.leave(edits.map(({ row }) => row));
  }

  /** Resolves when all that was asked for until now is written. */
  private written(): Promise<void> {
    if (this.writing === null && this.waiting.length > 0) this.writing = this.write();
    return this.writing ?? Promise.resolve();
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const entries = joined(this.waiting);
      [this.beingWritten, this.waiting] = [this.waiting, []];
      await this.attempt(async (stores) => {
        for (const entry of entries) {
          if (entry.t === "append") await this.writeAppend(stores, entry);
          else await this.writeSaved(stores, entry);
        }
        return null;
      });
      this.beingWritten = [];
    }
    this.writing = null;
  }

  private async writeAppend(stores: Stores, { row, unsaved }: Append): Promise<void> {
    const { notebook, epoch } = row;
    const head = await asked<Head | undefined>(stores.heads.get(notebook));
    if (head !== undefined && head.epoch !== epoch) {
      if (head.unsaved.length > 0) stores.asides.put({ notebook, epoch: head.epoch } satisfies AsideHead);
      else await removeRows(stores, notebook, head.epoch);
    }
    const marks = new Set(head?.epoch === epoch ? head.unsaved : []);
    if (unsaved) marks.add(this.tab);
    stores.heads.put({ notebook, epoch, unsaved: [...marks] } satisfies Head);
    stores.updates.add(row);
  }

  private async writeSaved({ heads }: Stores, { notebook, epoch }: Saved): Promise<void> {
    const head = await asked<Head | undefined>(heads.get(notebook));
    if (head?.epoch !== epoch) return;
    const unsaved = head.unsaved.filter((tab) => tab !== this.tab && !this.inherited.has(tab));
    if (unsaved.length < head.unsaved.length) heads.put({ ...head, unsaved } satisfies Head);
  }

  /** An edit that an earlier visit left behind at its end. The copy may have gone on to another epoch since. */
  private async takeIn(stores: Stores, row: Row): Promise<void> {
    const { notebook, epoch } = row;
    const head = await asked<Head | undefined>(stores.heads.get(notebook));
    if (head === undefined || head.epoch === epoch)
      return this.writeAppend(stores, { t: "append", row, unsaved: true });
    stores.asides.put({ notebook, epoch } satisfies AsideHead);
    stores.updates.add(row);
  }

  private async attempt(
    work: (stores: Stores) => Promise<Kept | null>,
    afterwards: () => void = () => undefined,
  ): Promise<Kept | null> {
    try {
      const transaction = (await this.database).transaction(["heads", "asides", "updates"], "readwrite");
      const done = ended(transaction);
      const store = (name: string) => transaction.objectStore(name);
      const result = await work({ heads: store("heads"), asides: store("asides"), updates: store("updates") });
      await done;
      afterwards();
      return result;
    } catch {
      // Best effort by intent: the page says "saved" by the server's acknowledgements alone.
      return null;
    }
  }
}
