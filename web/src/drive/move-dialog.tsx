/** Chooses a folder to move or copy to, from a tree that is read as it is opened. The way to move by keyboard. */
import { ChevronRight, Folder, FolderOpen, HardDrive } from "lucide-react";
import { useEffect, useState } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Collection } from "react-aria-components/Collection";
import { Tree, TreeItem, TreeItemContent } from "react-aria-components/Tree";

import { type Item, ROOT } from "../net/drive-rest";
import { shownName } from "../notebook/model/file-names";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { strings } from "../words";
import { useDrive } from "./context";
import type { Desk } from "./model/desk";
import { moveRefusal, type Target } from "./model/moving";

const words = strings.drive;
const MOST_PAGES = 25;

interface Branch extends Target {
  /** Null: not read yet. */
  readonly below: readonly Branch[] | null;
}

/** What is another's stays in their Drive: it is moved within the folder of theirs in which one came to it. */
function rootFor({ here }: Desk, items: readonly Item[], copy: boolean): Branch {
  const { item, path } = here.read();
  const top = path[0] ?? item;
  if (copy || top == null || items.every(({ role }) => role === "owner")) return root;
  return { id: top.id, name: top.name, above: [], role: item?.role ?? "viewer", isRoot: false, below: null };
}

const root: Branch = { id: ROOT, name: words.myDrive, above: [], role: "owner", isRoot: true, below: null };

/** Folders come first by name: the first other item ends them. */
async function foldersIn(desk: Desk, { id, above }: Branch): Promise<readonly Branch[]> {
  const found: Item[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const list = await desk.api.children(id, { by: "name", descending: false }, after, 200);
    found.push(...list.items.filter(({ kind }) => kind === "folder"));
    ({ after } = list);
    if (after === null || list.items.at(-1)?.kind !== "folder") break;
  }
  return found.map((item) => ({
    id: item.id,
    name: item.name,
    above: [...above, id],
    role: item.role,
    isRoot: false,
    below: null,
  }));
}

const grown = (branch: Branch, id: string, below: readonly Branch[]): Branch =>
  branch.id === id
    ? { ...branch, below }
    : { ...branch, below: branch.below?.map((inner) => grown(inner, id, below)) ?? null };

const find = (branch: Branch, id: string): Branch | null =>
  branch.id === id ? branch : (branch.below?.map((inner) => find(inner, id)).find((found) => found !== null) ?? null);

/** The folders from below `start` to where one is; none when that is not below it. */
function wayTo(desk: Desk, start: Branch): readonly string[] {
  const { item, path } = desk.here.read();
  if (item === null || (start.isRoot && item.role !== "owner")) return [];
  const ids = [...path.map(({ id }) => id), item.id];
  const at = ids.findIndex((id) => id === start.id || (start.isRoot && desk.isRoot(id)));
  return ids.slice(at + 1);
}

/** The folders of each step of the way, as they come. What cannot be read has none. */
async function readAlong(
  desk: Desk,
  start: Branch,
  way: readonly string[],
  show: (change: (tree: Branch) => Branch) => void,
  signal: AbortSignal,
): Promise<void> {
  let tree = start;
  for (const id of [start.id, ...way]) {
    const branch = find(tree, id);
    if (branch === null) return;
    const below = await foldersIn(desk, branch).catch(() => []);
    if (signal.aborted) return;
    tree = grown(tree, id, below);
    show((now) => grown(now, id, below));
  }
}

interface MoveProps {
  readonly items: readonly Item[];
  readonly copy: boolean;
  readonly onClose: () => void;
}

export default function MoveDialog({ items, copy, onClose }: MoveProps) {
  const { desk, deeds } = useDrive();
  const [start] = useState(() => rootFor(desk, items, copy));
  const [tree, setTree] = useState(start);
  // Where one is, is open and chosen: the folder that is meant is mostly near.
  const [way] = useState(() => wayTo(desk, start));
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set([start.id, ...way]));
  const [chosen, setChosen] = useState(way.at(-1) ?? start.id);
  const read = (branch: Branch) =>
    foldersIn(desk, branch).then(
      (below) => setTree((now) => grown(now, branch.id, below)),
      () => setTree((now) => grown(now, branch.id, [])),
    );
  useEffect(() => {
    const stop = new AbortController();
    void readAlong(desk, start, way, setTree, stop.signal);
    return () => stop.abort();
  }, [desk, start, way]);
  const expand = (keys: ReadonlySet<unknown>) => {
    const next = new Set([...keys].filter((key) => typeof key === "string"));
    setOpen(next);
    for (const id of next) {
      const branch = find(tree, id);
      if (branch?.below === null) void read(branch);
    }
  };
  const target = find(tree, chosen);
  const refusal = target === null ? "here" : moveRefusal(items, target);
  const stopped = copy ? target === null || refusal === "not-yours" : refusal !== null;
  const go = () => {
    if (target === null || stopped) return;
    onClose();
    if (copy) void deeds.copy(items, target);
    else void deeds.move(items, target);
  };
  const name = shownName(items[0]?.name ?? "");
  return (
    <Dialog
      title={copy ? words.copyTitle(name, items.length) : words.moveTitle(name, items.length)}
      onClose={onClose}
      closeOnNarrow
    >
      <div className="move-tree">
        <Tree
          aria-label={words.folders}
          items={[tree]}
          expandedKeys={open}
          onExpandedChange={expand}
          selectionMode="single"
          selectionBehavior="replace"
          disallowEmptySelection
          selectedKeys={[chosen]}
          onSelectionChange={(keys) => {
            const [key] = keys === "all" ? [] : [...keys];
            if (typeof key === "string") setChosen(key);
          }}
        >
          {(branch) => <BranchRow branch={branch} open={open} moved={items} />}
        </Tree>
      </div>
      <p className="meta move-why" role="status">
        {stopped && refusal !== null && target !== null ? words.moveWhy[refusal] : ""}
      </p>
      <div className="actions">
        <Button look="outlined" onClick={onClose}>
          {strings.cancel}
        </Button>
        <Button look="primary" disabled={stopped} onClick={go}>
          {copy ? words.copyHere : words.moveHere}
        </Button>
      </div>
    </Dialog>
  );
}

interface BranchProps {
  readonly branch: Branch;
  readonly open: ReadonlySet<string>;
  readonly moved: readonly Item[];
}

function BranchRow({ branch, open, moved }: BranchProps) {
  const Icon = branch.isRoot ? HardDrive : open.has(branch.id) ? FolderOpen : Folder;
  const itself = moved.some(({ id }) => id === branch.id);
  return (
    <TreeItem
      id={branch.id}
      textValue={branch.name}
      className={itself ? "move-row itself" : "move-row"}
      hasChildItems={branch.below === null || branch.below.length > 0}
    >
      <TreeItemContent>
        <AriaButton slot="chevron" className="move-chevron">
          <ChevronRight aria-hidden />
        </AriaButton>
        <Icon className="face folder" aria-hidden />
        <bdi>{shownName(branch.name)}</bdi>
      </TreeItemContent>
      <Collection items={branch.below ?? []}>
        {(inner) => <BranchRow branch={inner} open={open} moved={moved} />}
      </Collection>
    </TreeItem>
  );
}
