/**
 * The document of a notebook through reconnects and epochs: what this page has, what the server lacks, what is unsaved.
 *
 * Two epochs are never merged. When the server's document is another one, a new NotebookDoc is begun, and the old one,
 * when it holds edits that the server never made durable, is put aside for the person to look at.
 */
import * as Y from "yjs";

import { LIMITS } from "../wire/types";
import { FROM_SERVER, FROM_STORE, NotebookDoc } from "./notebook-doc";
import { covers } from "./ranges";
import { type Numbered, Unsaved } from "./unsaved";

/** What a browser's store kept of an earlier visit. */
export interface Kept {
  readonly epoch: string;
  readonly updates: readonly Uint8Array[];
  /** Those of them that were not acknowledged as durable, each small enough to be sent. */
  readonly unsaved: readonly Uint8Array[];
}

export interface Aside {
  readonly epoch: string;
  readonly book: NotebookDoc;
  /** The server has another document now, or does not take edits of this person any more. */
  readonly why: "replaced" | "refused";
}

export interface WelcomeDoc {
  readonly epoch: string;
  readonly fresh: boolean;
  readonly update: Uint8Array;
  readonly state_vector: Uint8Array;
}

export interface LineageEvents {
  /** An update was applied: to be kept in the browser, and sent when numbered. */
  update(update: Uint8Array, edit: { readonly send: Numbered | null } | null): void;
  /** There is another document now (or the first). */
  replaced(): void;
}

export class Lineage {
  epoch: string | null = null;
  book: NotebookDoc | null = null;
  aside: Aside | null = null;
  private unsaved = new Unsaved();
  private locked = false;
  private readonly events: LineageEvents;

  constructor(events: LineageEvents) {
    this.events = events;
  }

  get unsavedCount(): number {
    return this.unsaved.count;
  }

  stateVector(): Uint8Array | null {
    return this.book === null ? null : Y.encodeStateVector(this.book.doc);
  }

  /** All of the document as one update; null when there is none. */
  whole(): Uint8Array | null {
    return this.book === null ? null : Y.encodeStateAsUpdate(this.book.doc);
  }

  /** Nothing is edited here as long as it is locked; what comes from the server is taken in. */
  lock(locked: boolean): void {
    this.locked = locked;
    this.book?.lock(locked);
  }

  /** The server takes none of the edits that are not durable: the document is put aside as it is, and they are forgotten. */
  refuse(): void {
    if (this.book === null || this.epoch === null) return;
    const doc = new Y.Doc();
    // What was refused before, and nobody has looked at, is of the same document: it stays with it.
    const before = this.aside?.why === "refused" && this.aside.epoch === this.epoch ? [this.aside.book.doc] : [];
    for (const one of [this.book.doc, ...before]) Y.applyUpdate(doc, Y.encodeStateAsUpdate(one), FROM_STORE);
    this.forgetAside();
    this.aside = { epoch: this.epoch, book: new NotebookDoc(doc), why: "refused" };
    this.unsaved = new Unsaved();
  }

  /** Goes on from what this browser kept, before there is a connection. */
  restore(kept: Kept): void {
    const doc = docOf(kept);
    this.begin(kept.epoch, doc);
    for (const update of kept.unsaved) this.unsaved.add(update);
  }

  /** There is no document any more. What of it is unsaved goes too: see `refuse`. */
  drop(): void {
    this.book?.destroy();
    this.book = null;
    this.epoch = null;
    this.unsaved = new Unsaved();
    this.events.replaced();
  }

  /** An earlier epoch that an earlier visit put aside, and nobody has looked at. */
  restoreAside(kept: Kept): void {
    this.forgetAside();
    this.aside = { epoch: kept.epoch, book: new NotebookDoc(docOf(kept)), why: "replaced" };
  }

  /**
   * Takes in the server's side; returns the updates that the server lacks, to be sent first on this connection. Null: it takes
   * none of this person (`takes`), and there are some: what was written here is put aside, and the document is to be begun anew.
   */
  welcome(welcome: WelcomeDoc, takes: boolean): readonly Numbered[] | null {
    if (this.book === null || welcome.fresh || welcome.epoch !== this.epoch) {
      this.putAside();
      const doc = new Y.Doc();
      Y.applyUpdate(doc, welcome.update, FROM_SERVER);
      this.begin(welcome.epoch, doc);
      this.events.update(welcome.update, null);
      return this.unsaved.connect([]);
    }
    const { doc } = this.book;
    if (!takes && exceeds(doc, welcome)) {
      // Without unsaved edits it is what others wrote and the server lost.
      if (this.unsaved.count > 0) this.refuse();
      return null;
    }
    const lacks = this.lacking(doc, welcome);
    Y.applyUpdate(doc, welcome.update, FROM_SERVER);
    return this.unsaved.connect(takes ? lacks : []);
  }

  peer(update: Uint8Array): void {
    if (this.book !== null) Y.applyUpdate(this.book.doc, update, FROM_SERVER);
  }

  saved(n: number): void {
    this.unsaved.saved(n);
  }

  disconnected(): void {
    this.unsaved.disconnect();
  }

  forgetAside(): void {
    this.aside?.book.destroy();
    this.aside = null;
  }

  /** What the server has not: edits of this page, and those of others that it relayed and died of before they were durable. */
  private lacking(doc: Y.Doc, welcome: WelcomeDoc): readonly Uint8Array[] {
    const { state_vector: serverVector } = welcome;
    if (this.unsaved.count === 0 && !exceeds(doc, welcome)) return [];
    const whole = Y.encodeStateAsUpdate(doc, serverVector);
    if (whole.length <= LIMITS.UPDATE_BYTES || this.unsaved.count === 0) return [whole];
    return this.unsaved.list().map((update) => Y.diffUpdate(update, serverVector));
  }

  private begin(epoch: string, doc: Y.Doc): void {
    this.epoch = epoch;
    this.book = new NotebookDoc(doc);
    this.book.lock(this.locked);
    this.unsaved = new Unsaved();
    doc.on("update", (update: Uint8Array, origin: unknown) => {
      const mine = origin !== FROM_SERVER && origin !== FROM_STORE;
      this.events.update(update, mine ? { send: this.unsaved.add(update) } : null);
    });
    this.events.replaced();
  }

  private putAside(): void {
    if (this.book === null || this.epoch === null) return;
    if (this.unsaved.count === 0) {
      this.book.destroy();
      return;
    }
    this.forgetAside();
    this.aside = { epoch: this.epoch, book: this.book, why: "replaced" };
  }
}

function docOf({ updates }: Kept): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => updates.forEach((update) => Y.applyUpdate(doc, update)), FROM_STORE);
  return doc;
}

/** Whether the page has edits or deletions that the server lacks. Deletions move no state vector: the server tells all of its. */
function exceeds(doc: Y.Doc, { state_vector, update }: WelcomeDoc): boolean {
  const theirs = Y.decodeStateVector(state_vector);
  const clocks = [...Y.decodeStateVector(Y.encodeStateVector(doc))];
  if (clocks.some(([client, clock]) => (theirs.get(client) ?? 0) < clock)) return true;
  const known = Y.decodeUpdate(update).ds.clients;
  const deleted = [...Y.createDeleteSetFromStructStore(doc.store).clients];
  return deleted.some(([client, ranges]) => !covers(known.get(client) ?? [], ranges));
}
