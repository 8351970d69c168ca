/**
 * What the Drive page is about at this moment: the view, its items, what is chosen, how full Drive is. What is done to
 * items stands in deeds.ts. One for as long as the page is loaded. No React.
 */
import {
  type DriveInfo,
  type DriveRest,
  type FoundItem,
  type Item,
  type ItemList,
  type Place,
  ROOT,
  type Sort,
} from "../../net/drive-rest";
import type { Problem } from "../../wire/types";
import { homeOrder } from "./home";
import { Listing, problemOf } from "./listing";
import { mayEdit } from "./moving";
import { compareItems } from "./order";
import type { Question } from "./question";
import { keep, NOTHING, only, type Selection } from "./selection";
import { Value } from "../../ui/value";
import { addressOf, MY_DRIVE, type View } from "./views";

/** Rows that are asked for at once. */
const PAGE = 200;
/** Home is a beginning, not a list. */
const HOME_ITEMS = 24;

export interface Clipboard {
  readonly cut: boolean;
  readonly items: readonly Item[];
}

/** The folder that is shown, with those above it. */
export interface Here {
  readonly item: Item | null;
  readonly path: readonly Place[];
  readonly problem: Problem | null;
}

const NOWHERE: Here = { item: null, path: [], problem: null };

export class Desk {
  readonly api: DriveRest;
  readonly view = new Value<View>({ t: "home" });
  readonly here = new Value<Here>(NOWHERE);
  readonly sort = new Value<Sort>({ by: "name", descending: false });
  readonly listing: Value<Listing>;
  readonly selection = new Value<Selection>(NOTHING);
  readonly info = new Value<DriveInfo | null>(null);
  readonly clipboard = new Value<Clipboard | null>(null);
  /** The item whose name is being written. */
  readonly renaming = new Value<string | null>(null);
  readonly question = new Value<Question | null>(null);
  /** What is dragged at this moment. */
  readonly dragged = new Value<readonly Item[]>([]);
  /** The rows in sight, which are read again first. */
  private near = { first: 0, last: 0 };
  private shown: readonly string[] = [];
  private stopListening: () => void;
  /** To be chosen as soon as it is there. */
  private awaited: string | null = null;

  constructor(api: DriveRest) {
    this.api = api;
    const listing = this.makeListing();
    this.listing = new Value(listing);
    this.stopListening = this.listen(listing);
  }

  // --- where one is ------------------------------------------------------------------------------------------------

  /** Shows this view; the one that is shown already stays as it is. */
  open(view: View, select: string | null = null): void {
    this.awaited = select ?? this.awaited;
    const same = addressOf(view) === addressOf(this.view.read()) && this.shownOnce;
    // One comes back to it, from a notebook perhaps.
    if (same) void this.refresh();
    else {
      this.shownOnce = true;
      this.view.become(view);
      this.begin();
    }
    this.chooseAwaited();
  }

  private shownOnce = false;

  sortBy(sort: Sort): void {
    this.sort.become(sort);
    if (this.view.read().t === "folder") this.begin();
  }

  look(first: number, last: number): void {
    this.near = { first, last };
  }

  /** Goes on looking: what is near the viewport is read again. */
  async refresh(): Promise<void> {
    const view = this.view.read();
    const { first, last } = this.near;
    await Promise.all([
      this.listing.read().refresh(first, last),
      this.readInfo(),
      view.t === "folder" && this.here.read().item === null ? this.readHere(view.id) : null,
    ]);
  }

  async readInfo(): Promise<void> {
    try {
      const info = await this.api.drive();
      if (JSON.stringify(info) !== JSON.stringify(this.info.read())) this.info.become(info);
    } catch {
      // The meter is no reason to say anything: the list does.
    }
  }

  isRoot(id: string): boolean {
    return id === ROOT || id === this.info.read()?.root;
  }

  /** Where new things go: the folder that is shown, else the person's own tree. */
  get folder(): string {
    const view = this.view.read();
    const { item, problem } = this.here.read();
    return view.t === "folder" && problem === null && (item === null || mayEdit(item.role)) ? view.id : ROOT;
  }

  /** The view of the folder above; null where there is none. */
  get above(): View | null {
    const view = this.view.read();
    if (view.t !== "folder" || this.isRoot(view.id)) return null;
    const up = this.here.read().path.at(-1);
    if (up === undefined) return this.here.read().item?.role === "owner" ? MY_DRIVE : { t: "shared" };
    return { t: "folder", id: this.isRoot(up.id) ? ROOT : up.id };
  }

  // --- items -------------------------------------------------------------------------------------------------------

  get items(): readonly FoundItem[] {
    return this.listing.read().read().items;
  }

  /** In the order in which they are shown. */
  get chosen(): readonly FoundItem[] {
    const { chosen } = this.selection.read();
    return chosen.size === 0 ? [] : this.items.filter(({ id }) => chosen.has(id));
  }

  get order(): readonly string[] {
    return this.shown;
  }

  choose(id: string): void {
    this.awaited = id;
    this.chooseAwaited();
  }

  /** Whether it is one of those that are shown here. */
  isHere(item: Item): boolean {
    const view = this.view.read();
    if (view.t !== "folder") return false;
    return item.parent === view.id || (this.isRoot(view.id) && (item.parent === null || this.isRoot(item.parent)));
  }

  // --- inside ------------------------------------------------------------------------------------------------------

  private begin(): void {
    this.stopListening();
    const listing = this.makeListing();
    this.shown = [];
    this.selection.become(NOTHING);
    this.renaming.become(null);
    this.listing.become(listing);
    this.stopListening = this.listen(listing);
    void listing.need(1);
    const view = this.view.read();
    if (view.t === "folder") void this.readHere(view.id);
    else this.here.become(NOWHERE);
  }

  private makeListing(): Listing {
    const view = this.view.read();
    const sort = this.sort.read();
    const read = (after: string | null): Promise<ItemList> => this.page(view, sort, after);
    return new Listing({ read, compare: view.t === "folder" ? compareItems(sort) : null });
  }

  private async page(view: View, sort: Sort, after: string | null): Promise<ItemList> {
    switch (view.t) {
      case "folder":
        return this.api.children(view.id, sort, after, PAGE);
      case "search":
        return view.words === ""
          ? { items: [], after: null, total: 0 }
          : this.api.search(view.words, view.inside, after, PAGE);
      case "home": {
        const [{ items: ran }, { items: recent }] = await Promise.all([
          this.api.collection("away", null, HOME_ITEMS),
          this.api.collection("recent", null, HOME_ITEMS),
        ]);
        const items = homeOrder(ran, recent);
        return { items, after: null, total: items.length };
      }
      default:
        return this.api.collection(view.t, after, PAGE);
    }
  }

  private async readHere(id: string): Promise<void> {
    if (this.isRoot(id)) {
      this.here.become(NOWHERE);
    } else if (this.here.read().item?.id !== id) {
      // Until it is known, the way that one came is shown.
      this.here.become(this.guess(id));
    }
    try {
      const { item, path } = await this.api.item(id);
      const view = this.view.read();
      if (view.t === "folder" && view.id === id) this.here.become({ item, path, problem: null });
    } catch (error) {
      const view = this.view.read();
      if (view.t === "folder" && view.id === id) this.here.become({ ...NOWHERE, problem: problemOf(error) });
    }
  }

  /** From the way that one came: a folder above, or one that was shown in the list. */
  private guess(id: string): Here {
    const { item, path } = this.here.read();
    const at = path.findIndex((place) => place.id === id);
    if (at !== -1) return { item: null, path: path.slice(0, at), problem: null };
    const known = this.entered;
    if (known?.id !== id) return NOWHERE;
    return { item: known, path: item === null ? path : [...path, { id: item.id, name: item.name }], problem: null };
  }

  /** The folder that one goes into, as the list had it. */
  entered: Item | null = null;

  private listen(listing: Listing): () => void {
    return listing.subscribe(() => {
      const { items } = listing.read();
      const before = this.shown;
      const after = items.map(({ id }) => id);
      this.shown = after;
      this.selection.become(keep(this.selection.read(), before, after));
      this.chooseAwaited();
    });
  }

  private chooseAwaited(): void {
    if (this.awaited === null || !this.shown.includes(this.awaited)) return;
    this.selection.become(only(this.awaited));
    this.awaited = null;
  }
}
