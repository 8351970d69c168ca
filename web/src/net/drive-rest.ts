/** The HTTP side of Drive (docs/drive.md, HTTP): items, folders, uploads, the bin. Plain requests, each with its answer. */
import type { Rest } from "./rest";

export type ItemKind = "folder" | "notebook" | "file" | "other";
export type Role = "viewer" | "commenter" | "editor" | "owner";

export interface Item {
  readonly id: string;
  readonly kind: ItemKind;
  /** As people see it. */
  readonly name: string;
  /** Null: the root, or a folder that this person may not see. */
  readonly parent: string | null;
  readonly size: number;
  readonly changed_at: string;
  /** Changes with the file's content. */
  readonly version: string;
  readonly role: Role;
  readonly owner: { readonly id: string; readonly name: string };
  readonly starred: boolean;
  readonly shared: boolean;
  /** Something of a notebook runs or waits. */
  readonly running: boolean;
  /** A notebook that has a runtime. */
  readonly live: boolean;
  readonly opened_at: string | null;
  readonly binned_at: string | null;
}

export interface FoundLine {
  readonly cell_id: string;
  readonly text: string;
}

export type RunState = "queued" | "running" | "ok" | "error" | "aborted" | "lost";

/** How a notebook's latest run stands. */
export interface LastRun {
  readonly state: RunState;
  /** Null: it goes on. */
  readonly ended_at: string | null;
  /** The name of what it raised, or the code of what went wrong. */
  readonly error: string | null;
}

/** An item of a search, with what was found inside of it; or of those that ran while one was away. */
export interface FoundItem extends Item {
  readonly lines?: readonly FoundLine[];
  readonly run?: LastRun | null;
}

/** Bytes of an item and all below it. */
export interface Space {
  readonly file: number;
  readonly revisions: number;
  readonly outputs: number;
}

export interface ItemList {
  readonly items: readonly FoundItem[];
  /** Ask for the next page with it. */
  readonly after: string | null;
  readonly total: number | null;
}

export interface Place {
  readonly id: string;
  readonly name: string;
}

export interface DriveInfo {
  readonly root: string;
  /** Bytes. */
  readonly used: number;
  readonly quota: number | null;
  readonly binned: number;
  readonly tight: boolean;
  /** When this person was here before this visit. */
  readonly visited_at: string | null;
  /** So many ask for access to what is this person's. */
  readonly requests: number;
}

export interface Template {
  readonly id: string;
  readonly title: string;
  readonly about: string;
}

export interface DriveUpload {
  readonly upload: string;
  readonly offset: number;
  readonly item?: Item | null;
}

export interface DriveUploadStart {
  readonly upload: string;
  readonly name: string;
  /** Folders below, made when missing. */
  readonly path?: string;
  readonly size: number;
  readonly sha256?: string;
  /** The version that it replaces. */
  readonly over?: string;
}

export type SortKey = "name" | "changed" | "size";
export interface Sort {
  readonly by: SortKey;
  readonly descending: boolean;
}

export type Collection = "recent" | "starred" | "shared" | "bin" | "away";

/** Stands for the id of the person's own tree. */
export const ROOT = "root";

type Fields = Readonly<Record<string, string | number | boolean | null | undefined>>;

function query(fields: Fields): string {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

const itemPath = (id: string) => `/items/${encodeURIComponent(id)}`;
const uploadPath = (upload: string) => `/uploads/${encodeURIComponent(upload)}`;

export class DriveRest {
  private readonly rest: Rest;

  constructor(rest: Rest) {
    this.rest = rest;
  }

  drive(): Promise<DriveInfo> {
    return this.rest.json("GET", "/drive");
  }

  item(id: string): Promise<{ readonly item: Item; readonly path: readonly Place[] }> {
    return this.rest.json("GET", itemPath(id));
  }

  children(id: string, sort: Sort, after: string | null, limit: number): Promise<ItemList> {
    const wanted = query({ sort: sort.by, descending: sort.descending, after, limit });
    return this.rest.json("GET", `${itemPath(id)}/children?${wanted}`);
  }

  collection(view: Collection, after: string | null, limit: number): Promise<ItemList> {
    return this.rest.json("GET", `/items?${query({ view, after, limit })}`);
  }

  search(words: string, inside: boolean, after: string | null, limit: number): Promise<ItemList> {
    return this.rest.json("GET", `/items?${query({ search: words, inside, after, limit })}`);
  }

  /** What takes most, the bin's too. */
  async largest(limit: number): Promise<readonly Item[]> {
    return (await this.rest.json<ItemList>("GET", `/drive/largest?${query({ limit })}`)).items;
  }

  space(id: string): Promise<Space> {
    return this.rest.json("GET", `${itemPath(id)}/space`);
  }

  makeFolder(parent: string, name: string): Promise<Item> {
    return this.post(`${itemPath(parent)}/folders`, { name });
  }

  makeNotebook(parent: string, template: string | null): Promise<Item> {
    return this.post(`${itemPath(parent)}/notebooks`, template === null ? {} : { template });
  }

  importFrom(parent: string, address: string): Promise<Item> {
    return this.post(`${itemPath(parent)}/import`, { address });
  }

  /** Rename, move, or both, over nothing. */
  change(id: string, change: { readonly name?: string; readonly parent?: string }): Promise<Item> {
    return this.rest.json("PATCH", itemPath(id), JSON.stringify(change));
  }

  copy(id: string, parent: string | null): Promise<Item> {
    return this.post(`${itemPath(id)}/copy`, parent === null ? {} : { parent });
  }

  star(id: string, starred: boolean): Promise<Item> {
    return this.rest.json("PATCH", `${itemPath(id)}/mine`, JSON.stringify({ starred }));
  }

  /** What was given to oneself goes. */
  async leave(id: string): Promise<void> {
    await this.rest.send("DELETE", `${itemPath(id)}/mine`);
  }

  bin(id: string): Promise<Item> {
    return this.rest.json("DELETE", itemPath(id));
  }

  restore(id: string): Promise<Item> {
    return this.post(`${itemPath(id)}/restore`, {});
  }

  async deleteForever(id: string): Promise<void> {
    await this.rest.send("DELETE", `${itemPath(id)}?${query({ forever: 1 })}`);
  }

  async emptyBin(): Promise<void> {
    await this.rest.send("DELETE", `/items?${query({ view: "bin" })}`);
  }

  async templates(): Promise<readonly Template[]> {
    return (await this.rest.json<{ templates: readonly Template[] }>("GET", "/templates")).templates;
  }

  /** The first `most` bytes of a file, and whether there are more. */
  async beginning(id: string, most: number, signal: AbortSignal): Promise<{ bytes: Uint8Array; more: boolean }> {
    const headers = { range: `bytes=0-${most - 1}` };
    const response = await this.rest.send("GET", `${itemPath(id)}/content`, undefined, signal, headers);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const total = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
    const whole = total === undefined ? bytes.length : Number(total);
    return { bytes: bytes.subarray(0, most), more: whole > Math.min(bytes.length, most) };
  }

  beginUpload(parent: string, start: DriveUploadStart): Promise<DriveUpload> {
    return this.post(`${itemPath(parent)}/uploads`, start);
  }

  upload(upload: string): Promise<DriveUpload> {
    return this.rest.json("GET", uploadPath(upload));
  }

  async dropUpload(upload: string): Promise<void> {
    await this.rest.send("DELETE", uploadPath(upload));
  }

  private post<T>(path: string, body: object): Promise<T> {
    return this.rest.json("POST", path, JSON.stringify(body));
  }
}

const API = "/api/v1";

/** Addresses for links, images and requests with progress; the session cookie goes with them. */
export const driveAddress = {
  /** A file as it is; of a folder a zip. */
  content: (id: string) => `${API}${itemPath(id)}/content`,
  /** Several as one zip. */
  archive: (ids: readonly string[]) => `${API}/items/zip?${query({ items: ids.join(",") })}`,
  /** To be shown in the page. The version makes the address another one when the file is. */
  inline: ({ id, version }: Pick<Item, "id" | "version">) =>
    `${API}${itemPath(id)}/content?${query({ inline: 1, version })}`,
  piece: (upload: string, offset: number) => `${API}${uploadPath(upload)}?${query({ offset })}`,
};
