import { expect, test } from "vitest";

import type { FileInfo } from "../../../src/net/runtime-rest";
import type { Folder, TreeState } from "../../../src/notebook/model/file-tree";
import { foldersOf } from "../../../src/ui/picked";
import { driveRows, entryKey, pathOfKey, runtimeRows } from "../../../src/notebook/panes/files/rows";

const entry = (path: string, kind: FileInfo["kind"] = "file"): FileInfo => ({
  path,
  name: path.slice(path.lastIndexOf("/") + 1),
  kind,
  size: 1,
  modified_at: "",
  version: "1",
  link: false,
});
const folder = (part: Partial<Folder>): Folder => ({
  entries: [],
  next: "",
  cut: false,
  loading: false,
  problem: null,
  ...part,
});
const state = (folders: Readonly<Record<string, Folder>>, expanded: readonly string[] = []): TreeState => ({
  folders: new Map(Object.entries(folders)),
  expanded: new Set(expanded),
  disk: null,
});

test("folders that are open have their rows below them, closed ones none", () => {
  const folders = {
    "": folder({ entries: [entry("data", "folder"), entry("a.py")] }),
    data: folder({ entries: [entry("data/x")] }),
  };
  const [closed] = runtimeRows(state(folders));
  const [open, file] = runtimeRows(state(folders, ["data"]));
  expect(closed).toMatchObject({ key: entryKey("data"), below: [] });
  expect(open).toMatchObject({ below: [{ key: entryKey("data/x") }] });
  expect(file).toMatchObject({ t: "entry", below: [] });
});

test("where nothing is, the rows say why", () => {
  const notes = (part: Partial<Folder> | null, path = "") =>
    runtimeRows(state(part === null ? {} : { [path]: folder(part) }), path).map((row) => "note" in row && row.note);
  const problem = { code: "x", title: "It failed.", detail: "", status: 409 };
  expect(notes(null)).toEqual(["loading"]);
  expect(notes({ loading: true })).toEqual(["loading"]);
  expect(notes({})).toEqual(["empty"]);
  expect(notes({}, "data")).toEqual(["emptyFolder"]);
  expect(notes({ problem })).toEqual([{ problem: "It failed." }]);
  expect(notes({ entries: [entry("a")], cut: true })).toEqual([false, "cut"]);
  expect(runtimeRows(state({ "": folder({ entries: [entry("a")], next: "fa" }) })).at(-1)).toMatchObject({ t: "more" });
  expect(driveRows(null)).toMatchObject([{ note: "loading" }]);
  expect(driveRows([])).toMatchObject([{ note: "emptyDrive" }]);
});

test("a key leads back to its path, and other rows are no place of the runtime", () => {
  expect(pathOfKey(entryKey("a b/c"))).toBe("a b/c");
  expect(pathOfKey("runtime")).toBe("");
  expect([pathOfKey("drive"), pathOfKey("notebook x"), pathOfKey("more a")]).toEqual([null, null, null]);
});

test("of files in folders, each folder is made, those above first", () => {
  const files = ["top.txt", "a/b/c/x", "a/y", "d/z"].map((path) => ({ path }));
  expect(foldersOf(files)).toEqual(["a", "a/b", "a/b/c", "d"]);
});
