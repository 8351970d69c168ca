/** Uploads to Drive: what is asked first, what is told of each file, and what is over. Knows the browser by its ports. */
import type { Timers } from "../../net/connection";
import type { DriveUpload, Item } from "../../net/drive-rest";
import { type Sending, type Standing, Uploads, type Wanted } from "../../net/uploads";
import type { PickedAll } from "../../ui/picked";
import type { Desk } from "./desk";
import { problemOf } from "./listing";
import type { DeedPorts } from "./deeds";
import { takenBy } from "./taken";

export const UPLOADS_AT_ONCE = 3;
/** A larger file goes without a checksum: it would have to be held in memory as a whole. */
export const CHECKED_BYTES = 64 * 1024 * 1024;

export interface DriveWanted extends Wanted {
  readonly folder: string;
  /** The version that it replaces; null: nothing. */
  readonly over: string | null;
}

export interface UploadingPorts {
  send(id: string, offset: number, piece: Blob, progress: (sent: number) => void): Sending<DriveUpload>;
  /** In hex. */
  sha256(content: Blob): Promise<string>;
  readonly timers: Timers;
  readonly random: () => number;
  readonly newId: () => string;
}

const standing = ({ offset, item }: DriveUpload): Standing<Item> => ({ offset, file: item ?? null });

export class Uploading {
  readonly queue: Uploads<DriveWanted, Item>;
  private readonly desk: Desk;
  private readonly say: Pick<DeedPorts, "complain">;

  constructor(desk: Desk, ports: UploadingPorts, say: Pick<DeedPorts, "complain">) {
    this.desk = desk;
    this.say = say;
    this.queue = new Uploads<DriveWanted, Item>({
      begin: async (id, wanted) => standing(await this.begin(id, wanted, ports)),
      state: async (id) => standing(await desk.api.upload(id)),
      drop: (id) => desk.api.dropUpload(id),
      send: (id, offset, piece, progress) => {
        const sending = ports.send(id, offset, piece, progress);
        return { done: sending.done.then(standing), abort: () => sending.abort() };
      },
      timers: ports.timers,
      random: ports.random,
      newId: ports.newId,
      arrived: (item) => this.arrived(item),
      atOnce: UPLOADS_AT_ONCE,
    });
  }

  /** Asks first about names that are there already. */
  async add({ files, folders }: PickedAll, folder: string): Promise<void> {
    try {
      await this.makeEmpty(
        folders,
        files.map(({ path }) => path),
        folder,
      );
      if (files.length === 0) return;
      const { api } = this.desk;
      const paths = files.map(({ path }) => path);
      const byName = { by: "name", descending: false } as const;
      const taken = await takenBy(paths, folder, (id, after) => api.children(id, byName, after, 200));
      const wanted = files.map(({ path, content }) => ({ path, content, folder, over: null }));
      this.queue.add(wanted.filter(({ path }) => !taken.has(path)));
      if (taken.size > 0)
        this.ask(
          wanted.filter(({ path }) => taken.has(path)),
          taken,
        );
    } catch (error) {
      this.say.complain(problemOf(error));
    }
  }

  private ask(wanted: readonly DriveWanted[], taken: ReadonlyMap<string, Item>): void {
    this.desk.question.become({
      t: "taken",
      names: wanted.map(({ path }) => path),
      answer: (answer) => {
        if (answer === "skip") return;
        const over = (path: string) => (answer === "replace" ? (taken.get(path)?.version ?? null) : null);
        this.queue.add(wanted.map((one) => ({ ...one, over: over(one.path) })));
      },
    });
  }

  private async begin(upload: string, wanted: DriveWanted, ports: UploadingPorts): Promise<DriveUpload> {
    const { path, content, folder, over } = wanted;
    const at = path.lastIndexOf("/");
    const sha256 = content.size < CHECKED_BYTES ? await ports.sha256(content) : null;
    return this.desk.api.beginUpload(folder, {
      upload,
      name: path.slice(at + 1),
      size: content.size,
      ...(at > 0 && { path: path.slice(0, at) }),
      ...(sha256 !== null && { sha256 }),
      ...(over !== null && { over }),
    });
  }

  /** Folders come with their files; those that have none at all are made here. */
  private async makeEmpty(folders: readonly string[], files: readonly string[], folder: string): Promise<void> {
    const made = new Map<string, string>();
    for (const path of folders) {
      const [top = ""] = path.split("/");
      if (files.some((file) => file.startsWith(`${top}/`))) continue;
      const above = path.slice(0, Math.max(0, path.lastIndexOf("/")));
      const item = await this.desk.api.makeFolder(made.get(above) ?? folder, path.slice(path.lastIndexOf("/") + 1));
      made.set(path, item.id);
      if (this.desk.isHere(item)) this.desk.listing.read().put(item);
    }
  }

  private arrived(item: Item): void {
    if (this.desk.isHere(item)) this.desk.listing.read().put(item);
    void this.desk.readInfo();
  }
}
