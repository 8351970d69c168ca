/** The tree of files, by keyboard as by hand: on React Aria. What is dropped on it goes where it is dropped. */
import {
  Braces,
  ChevronRight,
  File,
  Folder,
  FolderOpen,
  Image,
  MoreVertical,
  NotebookText,
  Unlink,
} from "lucide-react";
import { type DragEvent, type KeyboardEvent, useState, useSyncExternalStore } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Collection } from "react-aria-components/Collection";
import { Tree, TreeItem, TreeItemContent } from "react-aria-components/Tree";

import { address, type NotebookInfo } from "../../../net/rest";
import { type FileInfo, runtimeAddress } from "../../../net/runtime-rest";
import { bytes } from "../../../ui/format";
import { Menu, type MenuGroups } from "../../../ui/menu";
import { strings } from "../../../words";
import { useController } from "../../context";
import { endingOf, isPicture, shownName } from "../../model/file-names";
import { parentOf } from "../../model/file-tree";
import { folderName } from "./files-dialog";
import type { FilesDesk } from "./files-desk";
import { fromDrop } from "../../../ui/picked";
import { driveRows, entryKey, type Note, pathOfKey, type Row, runtimeRows } from "./rows";

const words = strings.runtimeFiles;

interface ViewProps {
  readonly desk: FilesDesk;
  readonly notebooks: readonly NotebookInfo[] | null;
  readonly connected: boolean;
  readonly hasRuntime: boolean;
  /** The folder that new things go to. */
  readonly onFolder: (path: string) => void;
}

export function FileTreeView({ desk, notebooks, connected, hasRuntime, onFolder }: ViewProps) {
  const state = useSyncExternalStore(desk.tree.subscribe, desk.tree.read);
  const [roots, setRoots] = useState<ReadonlySet<string>>(new Set(["runtime"]));
  const [over, setOver] = useState<string | null>(null);
  const rows: readonly Row[] = [
    ...(hasRuntime ? [{ t: "root", key: "runtime", below: runtimeRows(state) } as const] : []),
    { t: "root", key: "drive", below: driveRows(notebooks) },
  ];
  const expanded = new Set([...roots, ...[...state.expanded].map(entryKey)]);
  const expand = (keys: ReadonlySet<unknown>) => {
    setRoots(new Set(["runtime", "drive"].filter((key) => keys.has(key))));
    for (const path of state.expanded) if (!keys.has(entryKey(path))) desk.tree.collapse(path);
    for (const key of keys) {
      const path = typeof key === "string" && key !== "runtime" ? pathOfKey(key) : null;
      if (path !== null && !state.expanded.has(path)) desk.tree.expand(path);
    }
  };
  const chosen = (key: unknown) => {
    const path = typeof key === "string" ? pathOfKey(key) : null;
    if (path !== null) onFolder(folderAt(desk, path));
  };
  const dropping = (event: DragEvent): string | null => {
    if (!connected || !event.dataTransfer.types.includes("Files")) return null;
    const key = event.target instanceof Element ? event.target.closest("[data-key]")?.getAttribute("data-key") : null;
    return folderAt(desk, pathOfKey(key ?? "") ?? "");
  };
  const drag = (event: DragEvent) => {
    const folder = dropping(event);
    if (folder === null) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    setOver(folder);
  };
  const drop = (event: DragEvent) => {
    const folder = dropping(event);
    setOver(null);
    if (folder === null) return;
    event.preventDefault();
    void fromDrop(event.dataTransfer).then((picked) => desk.upload(folder, picked));
  };
  return (
    <div
      className={over === null ? "files-tree" : "files-tree dropping"}
      data-own-letters
      onDragOver={drag}
      onDragLeave={() => setOver(null)}
      onDrop={drop}
      onKeyDown={(event) => keys(event, desk)}
    >
      <Tree
        aria-label={words.title}
        items={rows}
        expandedKeys={expanded}
        onExpandedChange={expand}
        selectionMode="single"
        selectionBehavior="replace"
        onSelectionChange={(selected) => selected !== "all" && chosen([...selected][0])}
      >
        {(row) => <RowView row={row} desk={desk} />}
      </Tree>
      {/* Below the rows: they must not move under what is dragged. */}
      {over !== null && <p className="files-drop">{words.dropHere(folderName(over))}</p>}
    </div>
  );
}

/** The folder that a path stands for: itself, or the one that it lies in. */
function folderAt(desk: FilesDesk, path: string): string {
  return path === "" || desk.tree.entry(path)?.kind === "folder" ? path : parentOf(path);
}

/** F2 renames, Delete deletes. */
function keys(event: KeyboardEvent, desk: FilesDesk): void {
  if (event.key !== "F2" && event.key !== "Delete") return;
  const key = event.target instanceof Element ? event.target.closest("[data-key]")?.getAttribute("data-key") : null;
  const entry = desk.tree.entry(pathOfKey(key ?? "") ?? "");
  if (entry === null) return;
  event.preventDefault();
  desk.ask(askAbout(entry, event.key === "F2" ? "move" : "remove"));
}

const askAbout = ({ path, kind, size }: FileInfo, t: "move" | "remove") =>
  ({ t, path, folder: kind === "folder", size }) as const;

interface RowProps {
  readonly row: Row;
  readonly desk: FilesDesk;
}

function RowView({ row, desk }: RowProps) {
  const controller = useController();
  switch (row.t) {
    case "root":
      return (
        <TreeItem id={row.key} textValue={words[row.key]} className="file-row root">
          <TreeItemContent>
            <Chevron />
            <span className="file-name">{words[row.key]}</span>
          </TreeItemContent>
          <Below rows={row.below} desk={desk} />
        </TreeItem>
      );
    case "entry":
      return <EntryRow row={row} desk={desk} />;
    case "notebook": {
      const { id, name } = row.notebook;
      return (
        <TreeItem id={row.key} textValue={name} className="file-row" onAction={() => controller.go(`/notebooks/${id}`)}>
          <TreeItemContent>
            <span className="file-chevron" />
            <NotebookText aria-hidden />
            <span className="file-name">{shownName(name)}</span>
            <RowMenu name={name} groups={notebookMenu(row.notebook, () => controller.go(`/notebooks/${id}`))} />
          </TreeItemContent>
        </TreeItem>
      );
    }
    case "more":
      return (
        <TreeItem
          id={row.key}
          textValue={words.showMore}
          className="file-row more"
          onAction={() => void desk.tree.more(row.path)}
        >
          <TreeItemContent>
            <span className="file-name">{words.showMore}</span>
          </TreeItemContent>
        </TreeItem>
      );
    case "note":
      return (
        <TreeItem id={row.key} textValue={noteText(row.note)} className="file-row note">
          <TreeItemContent>
            <span className="file-name">{noteText(row.note)}</span>
          </TreeItemContent>
        </TreeItem>
      );
  }
}

const noteText = (note: Note): string => (typeof note === "string" ? words[note] : note.problem);

function Below({ rows, desk }: { readonly rows: readonly Row[]; readonly desk: FilesDesk }) {
  return <Collection items={rows}>{(row) => <RowView row={row} desk={desk} />}</Collection>;
}

function EntryRow({ row, desk }: { readonly row: Extract<Row, { t: "entry" }>; readonly desk: FilesDesk }) {
  const { entry } = row;
  const { session } = useController();
  const name = shownName(entry.name);
  const isFolder = entry.kind === "folder";
  const act = () => {
    if (entry.kind === "file") desk.open(entry.path);
    else if (isFolder && desk.tree.read().expanded.has(entry.path)) desk.tree.collapse(entry.path);
    else if (isFolder) desk.tree.expand(entry.path);
  };
  return (
    <TreeItem id={row.key} textValue={name} className="file-row" hasChildItems={isFolder} onAction={act}>
      <TreeItemContent>
        {({ isExpanded }) => (
          <>
            {isFolder ? <Chevron /> : <span className="file-chevron" />}
            <EntryIcon entry={entry} open={isExpanded} />
            <span className="file-name" title={name}>
              {name}
            </span>
            {entry.kind === "file" && <span className="file-size meta tabular">{bytes(entry.size)}</span>}
            <RowMenu name={name} groups={entryMenu(entry, desk, session.notebook)} />
          </>
        )}
      </TreeItemContent>
      {isFolder && <Below rows={row.below} desk={desk} />}
    </TreeItem>
  );
}

function Chevron() {
  return (
    <AriaButton slot="chevron" className="file-chevron">
      <ChevronRight aria-hidden />
    </AriaButton>
  );
}

function EntryIcon({ entry, open }: { readonly entry: FileInfo; readonly open: boolean }) {
  if (entry.kind === "folder") return open ? <FolderOpen aria-hidden /> : <Folder aria-hidden />;
  if (entry.kind === "other") return <Unlink aria-hidden />;
  if (isPicture(entry.name)) return <Image aria-hidden />;
  return ["json", "py", "js", "ts", "sh"].includes(endingOf(entry.name)) ? (
    <Braces aria-hidden />
  ) : (
    <File aria-hidden />
  );
}

function RowMenu({ name, groups }: { readonly name: string; readonly groups: MenuGroups }) {
  return <Menu label={words.actions(name)} icon={MoreVertical} className="button icon file-more" groups={groups} />;
}

function entryMenu(entry: FileInfo, desk: FilesDesk, notebook: string): MenuGroups {
  const { path, kind } = entry;
  const inside = [
    { id: "new-file", title: words.newFile, run: () => desk.ask({ t: "new-file", folder: path }) },
    { id: "new-folder", title: words.newFolder, run: () => desk.ask({ t: "new-folder", folder: path }) },
  ];
  const file = [
    { id: "open", title: words.open, run: () => desk.open(path) },
    { id: "download", title: strings.download, href: runtimeAddress.content(notebook, path), download: true },
  ];
  return [
    kind === "folder" ? inside : kind === "file" ? file : [],
    [
      { id: "rename", title: strings.rename, shortcut: "F2", run: () => desk.ask(askAbout(entry, "move")) },
      { id: "path", title: words.copyPath, run: () => void desk.copyPath(path) },
    ],
    [
      {
        id: "delete",
        title: strings.remove,
        shortcut: "Delete",
        danger: true,
        run: () => desk.ask(askAbout(entry, "remove")),
      },
    ],
  ];
}

const notebookMenu = ({ id }: NotebookInfo, open: () => void): MenuGroups => [
  [
    { id: "open", title: words.open, run: open },
    { id: "download", title: strings.download, href: address.file(id), download: true },
  ],
];
