/**
 * Keeps documents in this browser (IndexedDB), so that edits made without a connection outlive a reload.
 *
 *   heads    notebook -> {epoch, unsaved}              the document as of the last visit
 *   asides   notebook -> {epoch}                       an earlier epoch that held unsaved edits, until it is discarded
 *   updates  (auto) -> {notebook, epoch, update}       index by notebook and epoch
 *
 * A copy for this browser only: the server's document is the truth, and another epoch's copy is never merged into it.
 * Writes are in order and best effort: a browser that refuses to keep (private mode, full disk) costs nothing else.
 */
import * as Y from "yjs";

import type { Kept } from "./lineage";

interface Head {
  readonly notebook: string;
  readonly epoch: string;
  readonly unsaved: boolean;
}

interface AsideHead {
  readonly notebook: string;
  readonly epoch: string;
}

interface Row {
  readonly notebook: string;
  readonly epoch: string;
  readonly update: Uint8Array;
}

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

export class DocumentKeep {
  private readonly database: Promise<IDBDatabase>;

  constructor(factory: IDBFactory) {
    this.database = openDatabase(factory);
    this.database.catch(() => undefined);
  }

  /** The document as of the last visit; null when none was kept, or none can be. */
  load(notebook: string): Promise<Kept | null> {
    return this.attempt(async (stores) => {
      const head = await asked<Head | undefined>(stores.heads.get(notebook));
      if (head === undefined) return null;
      const updates = await readRows(stores, notebook, head.epoch);
      return updates.length === 0 ? null : { epoch: head.epoch, updates, unsaved: head.unsaved };
    });
  }

  /** The earlier epoch that was put aside for its unsaved edits. */
  loadAside(notebook: string): Promise<Kept | null> {
    return this.attempt(async (stores) => {
      const aside = await asked<AsideHead | undefined>(stores.asides.get(notebook));
      if (aside === undefined) return null;
      return { epoch: aside.epoch, updates: await readRows(stores, notebook, aside.epoch), unsaved: true };
    });
  }

  /** Adds an update of this epoch. Another epoch's copy is put aside when it held unsaved edits, else dropped. */
  async append(notebook: string, epoch: string, update: Uint8Array, unsaved: boolean): Promise<void> {
    await this.attempt(async (stores) => {
      const head = await asked<Head | undefined>(stores.heads.get(notebook));
      if (head !== undefined && head.epoch !== epoch) {
        if (head.unsaved) stores.asides.put({ notebook, epoch: head.epoch } satisfies AsideHead);
        else await removeRows(stores, notebook, head.epoch);
      }
      const still = unsaved || (head?.epoch === epoch && head.unsaved);
      stores.heads.put({ notebook, epoch, unsaved: still } satisfies Head);
      stores.updates.add({ notebook, epoch, update } satisfies Row);
      return null;
    });
  }

  /** Everything of this epoch that was kept is durable on the server. */
  async saved(notebook: string, epoch: string): Promise<void> {
    await this.attempt(async ({ heads }) => {
      const head = await asked<Head | undefined>(heads.get(notebook));
      if (head?.epoch === epoch && head.unsaved) heads.put({ ...head, unsaved: false } satisfies Head);
      return null;
    });
  }

  async forgetAside(notebook: string): Promise<void> {
    await this.attempt(async (stores) => {
      const aside = await asked<AsideHead | undefined>(stores.asides.get(notebook));
      if (aside !== undefined) await removeRows(stores, notebook, aside.epoch);
      stores.asides.delete(notebook);
      return null;
    });
  }

  private async attempt(work: (stores: Stores) => Promise<Kept | null>): Promise<Kept | null> {
    try {
      const transaction = (await this.database).transaction(["heads", "asides", "updates"], "readwrite");
      const done = ended(transaction);
      const store = (name: string) => transaction.objectStore(name);
      const result = await work({ heads: store("heads"), asides: store("asides"), updates: store("updates") });
      await done;
      return result;
    } catch {
      // Best effort by intent: the page says "saved" by the server's acknowledgements alone.
      return null;
    }
  }
}
