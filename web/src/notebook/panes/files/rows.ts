/** The tree as rows: what is shown below each folder, and what is said where nothing is. Pure. */
import type { FileInfo } from "../../../net/runtime-rest";
import type { NotebookInfo } from "../../../net/rest";
import type { TreeState } from "../../model/file-tree";

export type Row =
  | { readonly t: "root"; readonly key: "runtime" | "drive"; readonly below: readonly Row[] }
  | { readonly t: "entry"; readonly key: string; readonly entry: FileInfo; readonly below: readonly Row[] }
  | { readonly t: "more"; readonly key: string; readonly path: string }
  | { readonly t: "note"; readonly key: string; readonly note: Note }
  | { readonly t: "notebook"; readonly key: string; readonly notebook: NotebookInfo };

export type Note = "loading" | "empty" | "emptyFolder" | "emptyDrive" | "cut" | { readonly problem: string };

export const entryKey = (path: string): string => `file ${path}`;

/** The path that a key stands for; null for a row that is no place of the runtime. */
export function pathOfKey(key: string): string | null {
  if (key === "runtime") return "";
  return key.startsWith("file ") ? key.slice("file ".length) : null;
}

export function runtimeRows(state: TreeState, path = ""): readonly Row[] {
  const folder = state.folders.get(path);
  const note = (what: Note): Row => ({ t: "note", key: `note ${path}`, note: what });
  if (folder === undefined) return [note("loading")];
  const rows: Row[] = folder.entries.map((entry) => ({
    t: "entry",
    key: entryKey(entry.path),
    entry,
    below: entry.kind === "folder" && state.expanded.has(entry.path) ? runtimeRows(state, entry.path) : [],
  }));
  if (folder.problem !== null) return [...rows, note({ problem: folder.problem.title })];
  if (folder.next !== "") return [...rows, { t: "more", key: `more ${path}`, path }];
  if (folder.cut) return [...rows, note("cut")];
  if (rows.length > 0) return rows;
  if (folder.loading) return [note("loading")];
  return [note(path === "" ? "empty" : "emptyFolder")];
}

export function driveRows(notebooks: readonly NotebookInfo[] | null): readonly Row[] {
  if (notebooks === null) return [{ t: "note", key: "note drive", note: "loading" }];
  if (notebooks.length === 0) return [{ t: "note", key: "note drive", note: "emptyDrive" }];
  return notebooks.map((notebook) => ({ t: "notebook", key: `notebook ${notebook.id}`, notebook }));
}
