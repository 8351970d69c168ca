/** Terminals and files of a notebook's runtime, over HTTP. */
import type { Rest } from "./rest";

export interface TerminalInfo {
  readonly id: string;
  readonly number: number;
  readonly program: string;
  readonly busy: boolean;
  readonly end: { readonly code: number; readonly signal: string } | null;
}

export interface FileInfo {
  /** From the runtime's content directory, with `/` between. */
  readonly path: string;
  readonly name: string;
  readonly kind: "folder" | "file" | "other";
  readonly size: number;
  readonly modified_at: string;
  /** Changes whenever the file does. */
  readonly version: string;
  readonly link: boolean;
}

export interface FileList {
  readonly files: readonly FileInfo[];
  readonly next: string;
  readonly cut: boolean;
  readonly disk_total_bytes: number | null;
  readonly disk_free_bytes: number | null;
}

export interface FileCount {
  readonly files: number;
  readonly folders: number;
  readonly size: number;
  readonly more: boolean;
}

export interface UploadInfo {
  readonly id: string;
  readonly offset: number;
  readonly size: number;
  readonly file: FileInfo | null;
}

/** What a file is to be written over: nothing, or this version. */
export type Over = { readonly t: "nothing" } | { readonly t: "version"; readonly version: string };

export class RuntimeRest {
  private readonly rest: Rest;
  private readonly base: string;

  constructor(rest: Rest, notebook: string) {
    this.rest = rest;
    this.base = runtimeBase(notebook);
  }

  async terminals(): Promise<readonly TerminalInfo[]> {
    const answer = await this.rest.json<{ terminals: TerminalInfo[] }>("GET", `${this.base}/terminals`);
    return answer.terminals;
  }

  makeTerminal(id: string): Promise<TerminalInfo> {
    return this.rest.json("POST", `${this.base}/terminals`, JSON.stringify({ id }));
  }

  async closeTerminal(id: string): Promise<void> {
    await this.rest.send("DELETE", `${this.base}/terminals/${encodeURIComponent(id)}`);
  }

  list(path: string, after: string, hidden: boolean): Promise<FileList> {
    return this.rest.json("GET", `${this.base}/files?${query({ path, after, hidden: String(hidden) })}`);
  }

  entry(path: string): Promise<FileInfo> {
    return this.rest.json("GET", `${this.base}/files/entry?${query({ path })}`);
  }

  count(path: string): Promise<FileCount> {
    return this.rest.json("GET", `${this.base}/files/count?${query({ path })}`);
  }

  makeFolder(path: string, parents = false): Promise<FileInfo> {
    return this.rest.json("POST", `${this.base}/files/folders`, JSON.stringify({ path, parents }));
  }

  move(source: string, target: string): Promise<FileInfo> {
    return this.rest.json("POST", `${this.base}/files/move`, JSON.stringify({ source, target }));
  }

  remove(path: string): Promise<FileCount> {
    return this.rest.json("DELETE", `${this.base}/files?${query({ path })}`);
  }

  /** The bytes, and the version that they are of. */
  async read(path: string): Promise<{ readonly bytes: Uint8Array; readonly version: string }> {
    const response = await this.rest.send("GET", `${this.base}/files/content?${query({ path })}`);
    const version = (response.headers.get("etag") ?? "").replaceAll('"', "");
    return { bytes: new Uint8Array(await response.arrayBuffer()), version };
  }

  write(path: string, content: Blob, over: Over): Promise<FileInfo> {
    const headers = over.t === "nothing" ? { "if-none-match": "*" } : { "if-match": `"${over.version}"` };
    return this.rest.json("PUT", `${this.base}/files/content?${query({ path })}`, content, undefined, headers);
  }

  beginUpload(id: string, path: string, size: number, replace: boolean): Promise<UploadInfo> {
    return this.rest.json("POST", `${this.base}/files/uploads`, JSON.stringify({ id, path, size, replace }));
  }

  upload(id: string): Promise<UploadInfo> {
    return this.rest.json("GET", `${this.base}/files/uploads/${encodeURIComponent(id)}`);
  }

  async dropUpload(id: string): Promise<void> {
    await this.rest.send("DELETE", `${this.base}/files/uploads/${encodeURIComponent(id)}`);
  }
}

const runtimeBase = (notebook: string) => `/notebooks/${encodeURIComponent(notebook)}`;

const query = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString();

const API = "/api/v1";

/** Addresses for links, images and sockets; the session cookie goes with them. */
export const runtimeAddress = {
  /** `version` makes the address another one when the file is. */
  content: (notebook: string, path: string, version = "") =>
    `${API}${runtimeBase(notebook)}/files/content?${query(version === "" ? { path } : { path, version })}`,
  upload: (notebook: string, id: string) => `${API}${runtimeBase(notebook)}/files/uploads/${encodeURIComponent(id)}`,
  terminal: (notebook: string, id: string) =>
    `${API}${runtimeBase(notebook)}/terminals/${encodeURIComponent(id)}/socket`,
};
