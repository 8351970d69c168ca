/**
 * The last edits of a page that is being left. IndexedDB answers later, and a browser may drop what it has not answered
 * when the page goes; localStorage answers at once. What is left here is taken into IndexedDB at the next visit (doc/keep.ts).
 *
 * One key per notebook and page, so that pages that close together do not write over one another. Best effort, as
 * doc/keep.ts is.
 */
import { fromBase64, toBase64 } from "lib0/buffer";

/** An update of a document. Yjs updates may be applied twice, so an edit may also be in IndexedDB already. */
export interface Parted {
  readonly notebook: string;
  readonly epoch: string;
  readonly update: Uint8Array;
}

interface Note {
  readonly epoch: string;
  readonly update: string;
}

export type Shelf = Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem">;

const PREFIX = "noctule-parting/";

function prefixOf(notebook: string): string {
  return `${PREFIX}${notebook}/`;
}

export class Parting {
  private readonly shelf: Shelf;
  private readonly tab: string;

  constructor(shelf: Shelf, tab: string) {
    this.shelf = shelf;
    this.tab = tab;
  }

  /** Called while the page is being left: nothing may be awaited. */
  leave(rows: readonly Parted[]): void {
    for (const notebook of new Set(rows.map((row) => row.notebook))) {
      const notes = rows
        .filter((row) => row.notebook === notebook)
        .map(({ epoch, update }) => ({ epoch, update: toBase64(update) }) satisfies Note);
      try {
        this.shelf.setItem(prefixOf(notebook) + this.tab, JSON.stringify(notes));
      } catch {
        // Full or refused: nothing more can be done in a page that is going away.
      }
    }
  }

  /** What earlier pages left of this notebook; `forget` when it is kept elsewhere. */
  read(notebook: string): { readonly rows: readonly Parted[]; readonly forget: () => void } {
    const keys = this.keys(prefixOf(notebook));
    const notes = keys.flatMap((key) => this.notes(key));
    return {
      rows: notes.map(({ epoch, update }) => ({ notebook, epoch, update: fromBase64(update) })),
      forget: () => keys.forEach((key) => this.shelf.removeItem(key)),
    };
  }

  /** Of all notebooks. */
  forgetAll(): void {
    for (const key of this.keys(PREFIX)) this.shelf.removeItem(key);
  }

  private keys(prefix: string): readonly string[] {
    const all = Array.from({ length: this.shelf.length }, (_, index) => this.shelf.key(index) ?? "");
    return all.filter((key) => key.startsWith(prefix));
  }

  private notes(key: string): readonly Note[] {
    try {
      return JSON.parse(this.shelf.getItem(key) ?? "[]") as readonly Note[];
    } catch {
      return [];
    }
  }
}
