/**
 * The items of one view: read page by page as they are needed, read again while they are looked at, and changed ahead of
 * the server. No React.
 *
 *   what the server said (`rows`)  +  changes on their way (`changes`)  =  what is shown
 *
 * So a change that is refused is simply taken away again, whatever else has happened meanwhile.
 */
import type { FoundItem, Item, ItemList } from "../../net/drive-rest";
import { ProblemError, UNREACHABLE } from "../../net/rest";
import type { Problem } from "../../wire/types";
import { placeIn } from "./order";

export interface ListingState {
  readonly items: readonly FoundItem[];
  /** How many there are; null when nobody knows yet. */
  readonly total: number | null;
  /** All of them are here. */
  readonly whole: boolean;
  readonly loading: boolean;
  readonly problem: Problem | null;
}

export interface ListingPorts {
  read(after: string | null): Promise<ItemList>;
  /** Null: in the order in which the server has them. */
  readonly compare: ((one: Item, other: Item) => number) | null;
}

/** What is to become of some items; null: they go from this view. */
type Part = Partial<Item> | null;

export interface Change {
  /** The server did it: `items` are what it says of them now. */
  done(items?: readonly Item[]): void;
  refused(): void;
}

interface Page {
  /** What it was asked for with. */
  readonly after: string | null;
  readonly ids: readonly string[];
}

type Listener = () => void;

const FIRST: ListingState = { items: [], total: null, whole: false, loading: true, problem: null };

export const problemOf = (error: unknown): Problem => (error instanceof ProblemError ? error.problem : UNREACHABLE);

export class Listing {
  private readonly ports: ListingPorts;
  private readonly listeners = new Set<Listener>();
  private state = FIRST;
  private rows: readonly FoundItem[] = [];
  private pages: readonly Page[] = [];
  private after: string | null = null;
  private total: number | null = null;
  private whole = false;
  private problem: Problem | null = null;
  private changes: readonly { readonly ids: ReadonlySet<string>; readonly part: Part }[] = [];
  /** Raised by each change, so that what was read before it is not taken for what is. */
  private turn = 0;
  private reading: Promise<void> | null = null;
  private refreshing = false;
  private wanted = 0;

  constructor(ports: ListingPorts) {
    this.ports = ports;
  }

  read = (): ListingState => this.state;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  item(id: string): FoundItem | null {
    return this.state.items.find((item) => item.id === id) ?? null;
  }

  /** Reads on until there are so many, or all. After a problem it is tried again. */
  need(count: number): Promise<void> {
    this.wanted = Math.max(this.wanted, count);
    this.reading ??= this.readOn().finally(() => {
      this.reading = null;
      this.tell();
    });
    return this.reading;
  }

  /** Reads no further than what is here. */
  enough(): void {
    this.wanted = 0;
  }

  /** Reads again what is shown from one row to another; when other items are there, all that was read. */
  async refresh(first: number, last: number): Promise<void> {
    if (this.refreshing || this.reading !== null) return;
    if (this.pages.length === 0) return this.need(1);
    this.refreshing = true;
    try {
      await this.readAgain(first, last);
      this.problem = null;
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.refreshing = false;
      this.tell();
    }
  }

  /** Shown at once, and taken back when it is refused. */
  change(ids: readonly string[], part: Part): Change {
    const change = { ids: new Set(ids), part };
    this.changes = [...this.changes, change];
    this.tell();
    const over = () => {
      this.turn += 1;
      this.changes = this.changes.filter((other) => other !== change);
    };
    return {
      done: (items = []) => {
        over();
        if (part === null) this.drop(change.ids);
        for (const item of items) this.replace(item);
        this.tell();
      },
      refused: () => {
        over();
        this.tell();
      },
    };
  }

  /** Something new of this view, in its place. */
  put(item: Item): void {
    this.turn += 1;
    if (this.rows.some(({ id }) => id === item.id)) this.replace(item);
    else this.insert(item);
    this.tell();
  }

  // --- reading -----------------------------------------------------------------------------------------------------

  private async readOn(): Promise<void> {
    this.problem = null;
    this.tell();
    try {
      while (!this.whole && (this.pages.length === 0 || this.rows.length < this.wanted)) {
        const { turn, after } = this;
        const list = await this.ports.read(after);
        this.append(after, list);
        // What it read may lack what was changed meanwhile: the next refresh tells.
        if (turn === this.turn) this.total = list.total;
        this.tell();
      }
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private append(asked: string | null, { items, after, total }: ItemList): void {
    const there = new Set(this.rows.map(({ id }) => id));
    const fresh = items.filter(({ id }) => !there.has(id));
    this.rows = [...this.rows, ...fresh];
    this.pages = [...this.pages, { after: asked, ids: items.map(({ id }) => id) }];
    this.after = after;
    this.whole = after === null;
    this.total = this.whole ? this.rows.length : total;
  }

  private async readAgain(first: number, last: number): Promise<void> {
    const { turn } = this;
    let at = 0;
    for (const page of this.pages) {
      const here = at <= last && at + page.ids.length >= first;
      at += page.ids.length;
      if (!here) continue;
      const { items } = await this.ports.read(page.after);
      if (turn !== this.turn) return;
      if (items.length !== page.ids.length || items.some(({ id }, place) => id !== page.ids[place])) {
        return this.readAll(turn);
      }
      for (const item of items) this.replace(item);
    }
  }

  /** As many as there were, from the beginning. */
  private async readAll(turn: number): Promise<void> {
    const pages: Page[] = [];
    const rows = new Map<string, FoundItem>();
    let after: string | null = null;
    let total: number | null = null;
    do {
      const asked: string | null = after;
      const list: ItemList = await this.ports.read(asked);
      if (turn !== this.turn) return;
      pages.push({ after: asked, ids: list.items.map(({ id }) => id) });
      for (const item of list.items) rows.set(item.id, item);
      ({ after, total } = list);
    } while (after !== null && rows.size < this.rows.length);
    this.pages = pages;
    this.rows = [...rows.values()];
    this.after = after;
    this.whole = after === null;
    this.total = this.whole ? this.rows.length : total;
  }

  // --- what is here ------------------------------------------------------------------------------------------------

  private drop(ids: ReadonlySet<string>): void {
    const rows = this.rows.filter(({ id }) => !ids.has(id));
    if (this.total !== null) this.total -= this.rows.length - rows.length;
    this.rows = rows;
    this.pages = this.pages.map((page) => ({ ...page, ids: page.ids.filter((id) => !ids.has(id)) }));
  }

  /** A new name stands in its new place. */
  private replace(item: Item): void {
    const at = this.rows.findIndex(({ id }) => id === item.id);
    const old = this.rows[at];
    if (old === undefined) return;
    const { compare } = this.ports;
    if (compare === null || compare(old, item) === 0) {
      if (!sameItem(old, item)) this.rows = this.rows.with(at, { ...old, ...item });
      return;
    }
    this.rows = this.rows.toSpliced(at, 1);
    this.insert(item);
    if (this.total !== null) this.total -= 1;
  }

  private insert(item: Item): void {
    const { compare } = this.ports;
    const at = compare === null ? 0 : placeIn(this.rows, item, compare);
    if (this.total !== null) this.total += 1;
    // Further down than was read so far.
    if (at === this.rows.length && !this.whole) return;
    this.rows = this.rows.toSpliced(at, 0, item);
  }

  private tell(): void {
    const items = this.shown();
    const hidden = this.rows.length - items.length;
    this.state = {
      items,
      total: this.total === null ? null : this.total - hidden,
      whole: this.whole,
      loading: this.reading !== null || (this.pages.length === 0 && this.problem === null),
      problem: this.problem,
    };
    for (const listener of this.listeners) listener();
  }

  private shown(): readonly FoundItem[] {
    if (this.changes.length === 0) return this.rows;
    return this.rows.flatMap((row) => {
      let item: FoundItem | null = row;
      for (const { ids, part } of this.changes) {
        if (item !== null && ids.has(row.id)) item = part === null ? null : { ...item, ...part };
      }
      return item ?? [];
    });
  }
}

/** By what is shown of it: a row that stays the same is not drawn again. */
const sameItem = (one: Item, other: Item) => JSON.stringify(one) === JSON.stringify(other);
