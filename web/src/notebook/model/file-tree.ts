/**
 * The tree of the runtime's files, as far as it was opened: folders with the entries that have come, page by page. It asks;
 * it changes nothing. Plain TypeScript; an answer that comes after a newer question is dropped.
 */
import { ProblemError, UNREACHABLE } from "../../net/rest";
import type { FileInfo, FileList } from "../../net/runtime-rest";
import type { Problem } from "../../wire/types";

export interface Folder {
  readonly entries: readonly FileInfo[];
  /** There is more: `more` brings it. */
  readonly next: string;
  /** The folder has more than the runtime lists. */
  readonly cut: boolean;
  readonly loading: boolean;
  readonly problem: Problem | null;
}

export interface Disk {
  readonly total: number;
  readonly free: number;
}

export interface TreeState {
  /** By path; "" is the root. */
  readonly folders: ReadonlyMap<string, Folder>;
  readonly expanded: ReadonlySet<string>;
  readonly disk: Disk | null;
}

export interface TreePorts {
  list(path: string, after: string): Promise<FileList>;
}

type Listener = () => void;

const EMPTY: Folder = { entries: [], next: "", cut: false, loading: true, problem: null };

export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
export const join = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

export class FileTree {
  private readonly ports: TreePorts;
  private readonly listeners = new Set<Listener>();
  private current: TreeState = { folders: new Map(), expanded: new Set(), disk: null };
  private asked = 0;
  private readonly latest = new Map<string, number>();

  constructor(ports: TreePorts) {
    this.ports = ports;
  }

  read = (): TreeState => this.current;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  entry(path: string): FileInfo | null {
    return this.current.folders.get(parentOf(path))?.entries.find((entry) => entry.path === path) ?? null;
  }

  expand(path: string): void {
    const expanded = new Set(this.current.expanded).add(path);
    this.become({ expanded });
    void this.load(path);
  }

  collapse(path: string): void {
    const expanded = new Set(this.current.expanded);
    expanded.delete(path);
    this.become({ expanded });
  }

  /** Everything that is open, again. */
  async refresh(): Promise<void> {
    await Promise.all(["", ...this.current.expanded].map((path) => this.load(path)));
  }

  /** What lies in the folder of this path has changed. */
  changed(path: string): void {
    const folder = parentOf(path);
    if (this.current.folders.has(folder)) void this.load(folder);
  }

  /** A file or folder is not there any more: what was below it is forgotten. */
  gone(path: string): void {
    const outside = (other: string) => other !== path && !other.startsWith(`${path}/`);
    this.become({
      folders: new Map([...this.current.folders].filter(([other]) => outside(other))),
      expanded: new Set([...this.current.expanded].filter(outside)),
    });
    this.changed(path);
  }

  /** Another runtime, or none: nothing of this is true any more. */
  reset(): void {
    this.latest.clear();
    this.become({ folders: new Map(), expanded: new Set(), disk: null });
  }

  /** The next part of a long folder. */
  async more(path: string): Promise<void> {
    const folder = this.current.folders.get(path);
    if (folder !== undefined && folder.next !== "" && !folder.loading)
      await this.ask(path, folder.next, folder.entries);
  }

  /** As much of the folder as is shown of it now. */
  private async load(path: string): Promise<void> {
    const shown = this.current.folders.get(path)?.entries.length ?? 0;
    const found = await this.ask(path, "", []);
    let folder = found;
    while (folder !== null && folder.next !== "" && folder.entries.length < shown) {
      folder = await this.ask(path, folder.next, folder.entries);
    }
  }

  private async ask(path: string, after: string, before: readonly FileInfo[]): Promise<Folder | null> {
    const turn = ++this.asked;
    this.latest.set(path, turn);
    this.put(path, { ...(this.current.folders.get(path) ?? EMPTY), loading: true });
    let found: Folder;
    try {
      const list = await this.ports.list(path, after);
      if (this.latest.get(path) !== turn) return null;
      found = { entries: [...before, ...list.files], next: list.next, cut: list.cut, loading: false, problem: null };
      const { disk_total_bytes: total, disk_free_bytes: free } = list;
      if (total !== null && free !== null) this.become({ disk: { total, free } });
    } catch (error) {
      if (this.latest.get(path) !== turn) return null;
      const problem = error instanceof ProblemError ? error.problem : UNREACHABLE;
      const kept = this.current.folders.get(path) ?? EMPTY;
      if (problem.code === "file-not-found" && path !== "") {
        this.gone(path);
        return null;
      }
      found = { ...kept, loading: false, problem };
    }
    this.put(path, found);
    return found.problem === null ? found : null;
  }

  private put(path: string, folder: Folder): void {
    this.become({ folders: new Map(this.current.folders).set(path, folder) });
  }

  private become(part: Partial<TreeState>): void {
    this.current = { ...this.current, ...part };
    for (const listener of this.listeners) listener();
  }
}
