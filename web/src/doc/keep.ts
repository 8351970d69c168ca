/**
 * Keeps documents in this browser (IndexedDB), so that edits made without a connection outlive a reload.
 *
 *   heads    notebook -> {epoch, unsaved}              the document as of the last visit
 *   asides   notebook -> {epoch}                       an earlier epoch that held unsaved edits, until it is discarded
 *   updates  (auto) -> {notebook, epoch, update, tab}  index by notebook and epoch
 *
 * A copy for this browser only: the server's document is the truth, and another epoch's copy is never merged into it.
 * Writes are in order and best effort: a browser that refuses to keep (private mode, full disk) costs nothing else.
 * What waits while a write is under way goes into the next one; what waits when the page is left goes to a Parting.
 */
import * as Y from "yjs";

import { LIMITS } from "../wire/types";
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

interface Row extends Parted {
  /** Whose edit it is; null when it came from the server. */
  readonly tab: string | null;
}

interface Append {
  readonly t: "append";
  readonly row: Row;
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
/** What is unsaved may have to be sent again one by one, so it is not merged to more than the server takes at once. */
const MERGED_BYTES = LIMITS.UPDATE_BYTES / 2;

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

/** The rows of an epoch, as few as can be when they are many. Those of tabs that are not `unsaved` are merged at will. */
async function readRows(
  stores: Stores,
  { notebook, epoch }: AsideHead,
  unsaved: readonly string[],
): Promise<readonly Row[]> {
  const rows = await asked<Row[]>(stores.updates.index("epoch").getAll([notebook, epoch]));
  if (rows.length <= COMPACT_ROWS) return rows;
  const isUnsaved = ({ tab }: Row) => tab !== null && unsaved.includes(tab);
  const saved = rows.filter((row) => !isUnsaved(row)).map((row) => ({ ...row, tab: null }));
  const fewer = [...merged(saved), ...merged(rows.filter(isUnsaved))];
  await removeRows(stores, notebook, epoch);
  for (const row of fewer) stores.updates.add(row);
  return fewer;
}

/** Rows of one document and tab that follow one another, as one. */
function merged(rows: readonly Row[]): readonly Row[] {
  const groups: { readonly rows: Row[]; bytes: number }[] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    const first = group?.rows[0];
    const joins = first !== undefined && sameDocument(first, row) && first.tab === row.tab;
    const bytes = (group?.bytes ?? 0) + row.update.length;
    if (group !== undefined && joins && (row.tab === null || bytes <= MERGED_BYTES)) {
      group.rows.push(row);
      group.bytes = bytes;
    } else {
      groups.push({ rows: [row], bytes: row.update.length });
    }
  }
  return groups.flatMap(({ rows: [first, ...more] }) => {
    if (first === undefined || more.length === 0) return first ?? [];
    return { ...first, update: Y.mergeUpdates([first.update, ...more.map(({ update }) => update)]) };
  });
}

/** Appends that follow one another, merged. */
function joined(entries: readonly Entry[]): readonly Entry[] {
  const result: Entry[] = [];
  let rows: Row[] = [];
  const close = () => {
    for (const row of merged(rows)) result.push({ t: "append", row });
    rows = [];
  };
  for (const entry of entries) {
    if (entry.t === "append") {
      rows.push(entry.row);
    } else {
      close();
      result.push(entry);
    }
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
      const rows = await readRows(stores, head, head.unsaved);
      for (const tab of head.unsaved) this.inherited.add(tab);
      const unsaved = rows.filter(({ tab }) => tab !== null && head.unsaved.includes(tab)).map(({ update }) => update);
      return rows.length === 0 ? null : { epoch: head.epoch, updates: rows.map(({ update }) => update), unsaved };
    }, parted.forget);
  }

  /** The earlier epoch that was put aside for its unsaved edits. */
  async loadAside(notebook: string): Promise<Kept | null> {
    await this.written();
    return this.attempt(async (stores) => {
      const aside = await asked<AsideHead | undefined>(stores.asides.get(notebook));
      if (aside === undefined) return null;
      const updates = (await readRows(stores, aside, [])).map(({ update }) => update);
      return { epoch: aside.epoch, updates, unsaved: [] };
    });
  }

  /** Adds an update of this epoch. Another epoch's copy is put aside when it held unsaved edits, else dropped. */
  append(notebook: string, epoch: string, update: Uint8Array, unsaved: boolean): Promise<void> {
    this.waiting.push({ t: "append", row: { notebook, epoch, update, tab: unsaved ? this.tab : null } });
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

  /** Of how many notebooks there are edits that the server may not have. */
  async unsaved(): Promise<number> {
    await this.written();
    const found = new Set<string>();
    await this.attempt(async ({ heads, asides }) => {
      for (const { notebook, unsaved } of await asked<Head[]>(heads.getAll()))
        if (unsaved.length > 0) found.add(notebook);
      for (const { notebook } of await asked<AsideHead[]>(asides.getAll())) found.add(notebook);
      return null;
    });
    return found.size;
  }

  /** Everything, edits that were not saved too: the next person at this browser is another one. */
  async forgetAll(): Promise<void> {
    await this.written();
    this.parting.forgetAll();
    await this.attempt(({ heads, asides, updates }) => {
      for (const store of [heads, asides, updates]) store.clear();
      return Promise.resolve(null);
    });
  }

  /** The copy of this epoch goes, with what of it was not saved: the person has given that up. */
  async forget(notebook: string, epoch: string): Promise<void> {
    await this.written();
    await this.attempt(async (stores) => {
      const head = await asked<Head | undefined>(stores.heads.get(notebook));
      if (head?.epoch === epoch) stores.heads.delete(notebook);
      await removeRows(stores, notebook, epoch);
      return null;
    });
  }

  /** The page goes away: a browser may drop the writes that it has not ended. */
  leave(): void {
    const entries = [...this.beingWritten, ...this.waiting];
    const rows = entries.filter((entry) => entry.t === "append").map(({ row }) => row);
    this.parting.leave(rows.filter(({ tab }) => tab !== null));
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
          if (entry.t === "append") await this.writeRow(stores, entry.row);
          else await this.writeSaved(stores, entry);
        }
        return null;
      });
      this.beingWritten = [];
    }
    this.writing = null;
  }

  private async writeRow(stores: Stores, row: Row): Promise<void> {
    const { notebook, epoch, tab } = row;
    const head = await asked<Head | undefined>(stores.heads.get(notebook));
    if (head !== undefined && head.epoch !== epoch) {
      if (head.unsaved.length > 0) stores.asides.put({ notebook, epoch: head.epoch } satisfies AsideHead);
      else await removeRows(stores, notebook, head.epoch);
    }
    const marks = new Set(head?.epoch === epoch ? head.unsaved : []);
    if (tab !== null) marks.add(tab);
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
  private async takeIn(stores: Stores, parted: Parted): Promise<void> {
    const { notebook, epoch } = parted;
    const row = { ...parted, tab: this.tab } satisfies Row;
    const head = await asked<Head | undefined>(stores.heads.get(notebook));
    if (head === undefined || head.epoch === epoch) return this.writeRow(stores, row);
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
