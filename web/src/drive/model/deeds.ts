/**
 * What a person does to items of Drive: shown at once, taken back when the server refuses, and undone where that can be.
 * Knows the page by its ports; no React.
 */
import { type FoundItem, type Item, ROOT } from "../../net/drive-rest";
import type { Toast } from "../../ui/toasts";
import { strings } from "../../words";
import { LIMITS, type Problem } from "../../wire/types";
import type { Desk } from "./desk";
import { problemOf } from "./listing";
import { moveRefusal, type Target } from "./moving";
import { addressOf } from "./views";
import type { Works } from "./works";

const words = strings.drive;

export interface DeedPorts {
  say(text: string, action?: Toast["action"], bad?: boolean): void;
  complain(problem: Problem): void;
  go(path: string): void;
  /** Of one file, or of a folder as a zip. */
  download(id: string): void;
  /** Of several as one zip. */
  downloadAll(ids: readonly string[]): void;
}

type Part = Partial<Item> | null;

export class Deeds {
  private readonly desk: Desk;
  private readonly works: Works;
  private readonly ports: DeedPorts;

  constructor(desk: Desk, works: Works, ports: DeedPorts) {
    this.desk = desk;
    this.works = works;
    this.ports = ports;
  }

  // --- opening -----------------------------------------------------------------------------------------------------

  open(item: Item): void {
    if (item.binned_at !== null) {
      this.ports.say(words.openBinned);
      return;
    }
    if (item.kind === "folder") this.desk.entered = item;
    const address = addressOfItem(item);
    if (address === null) this.desk.question.become({ t: "preview", id: item.id });
    else this.ports.go(address);
  }

  up(): void {
    const { above } = this.desk;
    const { item } = this.desk.here.read();
    if (above === null) return;
    this.ports.go(addressOf(above));
    if (item !== null) this.desk.choose(item.id);
  }

  // --- new things --------------------------------------------------------------------------------------------------

  async makeNotebook(template: string | null = null): Promise<void> {
    await this.attempt(async () => {
      const { id } = await this.desk.api.makeNotebook(this.desk.folder, template);
      this.ports.go(`/notebooks/${encodeURIComponent(id)}`);
    });
  }

  async makeFolder(name: string): Promise<void> {
    await this.attempt(async () => {
      const { folder } = this.desk;
      const item = await this.desk.api.makeFolder(folder, name);
      if (folder === this.desk.folder && this.desk.view.read().t === "folder") {
        this.desk.listing.read().put(item);
        this.desk.choose(item.id);
      } else {
        this.ports.say(words.folderMade(name), { label: words.show, run: () => this.show(item) });
      }
    });
  }

  async importFrom(address: string): Promise<void> {
    await this.attempt(async () => {
      const { id } = await this.desk.api.importFrom(this.desk.folder, address);
      this.ports.go(`/notebooks/${encodeURIComponent(id)}`);
    });
  }

  // --- names and places --------------------------------------------------------------------------------------------

  async rename(item: Item, name: string): Promise<void> {
    const wanted = name.trim();
    if (wanted === "" || wanted === item.name) return;
    const change = this.desk.listing.read().change([item.id], { name: wanted });
    try {
      change.done([await this.desk.api.change(item.id, { name: wanted })]);
    } catch (error) {
      change.refused();
      this.ports.complain(problemOf(error));
    }
  }

  async move(items: readonly Item[], target: Target): Promise<void> {
    const refusal = moveRefusal(items, target);
    if (refusal === "here") return;
    if (refusal !== null) {
      this.ports.say(words.moveRefused[refusal], null, true);
      return;
    }
    await this.moveEach(
      items,
      () => target.id,
      words.moving(target.name),
      (moved) => {
        this.ports.say(words.moved(nameOf(moved), moved.length, target.name), {
          label: strings.undo,
          run: () => void this.moveBack(moved),
        });
      },
    );
  }

  async copy(items: readonly Item[], target: { readonly id: string; readonly name: string } | null): Promise<void> {
    const title = target === null ? words.copying : words.copyingTo(target.name);
    const { done, failed, left } = await this.works.each(title, items, ({ id }) =>
      this.desk.api.copy(id, target?.id ?? null),
    );
    this.report(failed, left.length);
    const made = done.map(({ output }) => output);
    for (const item of made) if (this.desk.isHere(item)) this.desk.listing.read().put(item);
    if (made.length > 0) this.ports.say(words.copied(nameOf(made), made.length));
    void this.desk.readInfo();
  }

  clip(items: readonly Item[], cut: boolean): void {
    if (items.length === 0) return;
    this.desk.clipboard.become({ cut, items });
    this.ports.say(cut ? words.cutHint(items.length) : words.copyHint(items.length));
  }

  async paste(target: Target): Promise<void> {
    const clipboard = this.desk.clipboard.read();
    if (clipboard === null) return;
    if (!clipboard.cut) return this.copy(clipboard.items, target);
    this.desk.clipboard.become(null);
    await this.move(clipboard.items, target);
  }

  async star(items: readonly Item[], starred: boolean): Promise<void> {
    const gone = !starred && this.desk.view.read().t === "starred";
    await this.each(words.starring, items, gone ? null : { starred }, ({ id }) => this.desk.api.star(id, starred));
  }

  /** What was shared with this person goes from their list. */
  async leave(item: Item): Promise<void> {
    const change = this.desk.listing.read().change([item.id], null);
    try {
      await this.desk.api.leave(item.id);
      change.done();
      this.ports.say(strings.share.left(item.name));
    } catch (error) {
      change.refused();
      this.ports.complain(problemOf(error));
    }
  }

  /** It is not there for this person any more; who was in it goes to what is. */
  gone(item: Item, said: string): void {
    this.ports.say(said);
    const view = this.desk.view.read();
    if (view.t === "folder" && view.id === item.id) this.ports.go(addressOf({ t: "shared" }));
    else void this.desk.refresh();
  }

  // --- the bin -----------------------------------------------------------------------------------------------------

  /** Asks first only where a runtime would end: the rest can be undone. */
  askBin(items: readonly Item[]): void {
    if (items.some(({ live, running }) => live || running)) this.desk.question.become({ t: "bin", items });
    else void this.bin(items);
  }

  async bin(items: readonly Item[]): Promise<void> {
    const done = await this.each(words.binning, items, null, ({ id }) => this.desk.api.bin(id));
    if (done.length === 0) return;
    const run = () => void this.restore(done);
    this.ports.say(words.binned(nameOf(done), done.length), { label: strings.undo, run });
  }

  async restore(items: readonly Item[]): Promise<void> {
    const inBin = this.desk.view.read().t === "bin";
    const done = await this.each(words.restoring, items, inBin ? null : {}, ({ id }) => this.desk.api.restore(id));
    for (const item of done) if (this.desk.isHere(item)) this.desk.listing.read().put(item);
    const [first] = done;
    if (first === undefined) return;
    const show = { label: words.show, run: () => this.show(first) };
    this.ports.say(words.restored(nameOf(done), done.length), inBin ? show : null);
  }

  async deleteForever(items: readonly Item[]): Promise<void> {
    await this.each(words.deleting, items, null, async (item) => {
      await this.desk.api.deleteForever(item.id);
      return item;
    });
  }

  async emptyBin(): Promise<void> {
    await this.attempt(async () => {
      const listing = this.desk.listing.read();
      const change = listing.change(
        listing.read().items.map(({ id }) => id),
        null,
      );
      try {
        await this.desk.api.emptyBin();
        change.done();
        this.ports.say(words.binEmptied);
      } catch (error) {
        change.refused();
        throw error;
      }
    });
    void this.desk.refresh();
  }

  // --- out ---------------------------------------------------------------------------------------------------------

  /** The server makes a zip of a folder, and of several items. */
  download(items: readonly Item[]): void {
    const [first] = items;
    if (items.length > LIMITS.ZIP_ITEMS) this.ports.say(words.tooManyToZip(LIMITS.ZIP_ITEMS), null, true);
    else if (items.length > 1) this.ports.downloadAll(items.map(({ id }) => id));
    else if (first !== undefined) this.ports.download(first.id);
  }

  /** Goes to the folder that it lies in. */
  show(item: Item): void {
    const folder = item.parent === null || this.desk.isRoot(item.parent) ? ROOT : item.parent;
    this.ports.go(`${addressOf({ t: "folder", id: folder })}?select=${encodeURIComponent(item.id)}`);
  }

  // --- inside ------------------------------------------------------------------------------------------------------

  private moveBack(items: readonly Item[]): Promise<void> {
    return this.moveEach(
      items,
      ({ parent }) => parent ?? ROOT,
      words.movingBack,
      () => undefined,
    );
  }

  private async moveEach(
    items: readonly Item[],
    to: (item: Item) => string,
    title: string,
    say: (moved: readonly Item[]) => void,
  ): Promise<void> {
    const here = this.desk.view.read().t === "folder";
    const before = new Map(items.map((item) => [item.id, item]));
    const done = await this.each(title, items, here ? null : {}, (item) =>
      this.desk.api.change(item.id, { parent: to(item) }),
    );
    for (const item of done) if (this.desk.isHere(item)) this.desk.listing.read().put(item);
    const moved = done.flatMap(({ id }) => before.get(id) ?? []);
    if (moved.length > 0) say(moved);
  }

  /** Shown at once as `part` says; what the server refuses is as it was. */
  private async each(
    title: string,
    items: readonly Item[],
    part: Part,
    act: (item: Item) => Promise<Item>,
  ): Promise<readonly Item[]> {
    const listing = this.desk.listing.read();
    const changes = new Map(items.map(({ id }) => [id, listing.change([id], part)]));
    const { done, failed, left } = await this.works.each(title, items, act);
    for (const { input, output } of done) changes.get(input.id)?.done(part === null ? [] : [output]);
    for (const { input } of failed) changes.get(input.id)?.refused();
    for (const { id } of left) changes.get(id)?.refused();
    this.report(failed, left.length);
    void this.desk.readInfo();
    return done.map(({ output }) => output);
  }

  private report(failed: readonly { readonly problem: Problem }[], left: number): void {
    const [first] = failed;
    if (first === undefined) {
      if (left > 0) this.ports.say(words.stopped(left));
      return;
    }
    if (failed.length === 1) this.ports.complain(first.problem);
    else this.ports.say(words.failedSome(failed.length, `${first.problem.title} ${first.problem.detail}`), null, true);
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.ports.complain(problemOf(error));
    }
  }
}

const nameOf = (items: readonly Item[]): string => items[0]?.name ?? "";

/** What is sent to somebody who shall see it: what has no page of its own is shown in its folder. */
export const addressOfShared = (item: Pick<FoundItem, "id" | "kind" | "parent" | "lines">): string =>
  addressOfItem(item) ??
  (item.parent === null
    ? `${addressOf({ t: "shared" })}?select=${encodeURIComponent(item.id)}`
    : `${addressOf({ t: "folder", id: item.parent })}?select=${encodeURIComponent(item.id)}`);

/** Where an item is opened; null: it is looked at here. What was found in a notebook is gone to. */
export function addressOfItem({ id, kind, lines }: Pick<FoundItem, "id" | "kind" | "lines">): string | null {
  if (kind === "folder") return addressOf({ t: "folder", id });
  return kind === "notebook" ? addressOfCell(id, lines?.[0]?.cell_id ?? "") : null;
}

export const addressOfCell = (notebook: string, cell: string): string =>
  `/notebooks/${encodeURIComponent(notebook)}${cell === "" ? "" : `#scrollTo=${encodeURIComponent(cell)}`}`;
