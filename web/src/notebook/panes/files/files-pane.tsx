/** The files of the runtime and of Drive: the tree, what can be done, the uploads, the room on the disk. */
import "./files.css";

import { FilePlus, FolderPlus, FolderUp, MoreVertical, RefreshCw, Upload } from "lucide-react";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";

import { rest } from "../../../browser";
import type { NotebookInfo } from "../../../net/rest";
import { lastRun } from "../../../runs/queue";
import { Button, IconButton } from "../../../ui/button";
import { bytes } from "../../../ui/format";
import { useSettings } from "../../../ui/hooks";
import { Menu } from "../../../ui/menu";
import { strings } from "../../../words";
import { useController, useSummary } from "../../context";
import { type FilesDesk, filesOf } from "./files-desk";
import { FileTreeView } from "./file-tree-view";
import { fromInput } from "../../../ui/picked";
import { UploadList } from "./upload-list";

const words = strings.runtimeFiles;

export default function FilesPane() {
  const controller = useController();
  const desk = filesOf(controller);
  const runtime = useRuntimeState();
  useFresh(desk, runtime.id);
  const [folder, setFolder] = useState("");
  const notebooks = useNotebooks();
  const here = runtime.id === null ? "" : folder;
  return (
    <div className="files">
      <Tools desk={desk} folder={here} usable={runtime.connected} />
      {runtime.id === null && <NoRuntime />}
      {runtime.id !== null && !runtime.connected && <p className="pane-note">{words.away}</p>}
      <FileTreeView
        desk={desk}
        notebooks={notebooks}
        connected={runtime.connected}
        hasRuntime={runtime.id !== null}
        onFolder={setFolder}
      />
      <UploadList desk={desk} />
      <DiskLine desk={desk} />
    </div>
  );
}

interface RuntimeState {
  /** Null: there is none. */
  readonly id: string | null;
  readonly connected: boolean;
}

function useRuntimeState(): RuntimeState {
  const { runtime } = useSummary();
  const ended = runtime === null || runtime.state === "ended";
  return { id: ended ? null : runtime.id, connected: runtime?.state === "connected" };
}

/** Reads the tree again when there is reason to: another runtime, a cell that has run, the page is looked at again. */
function useFresh(desk: FilesDesk, runtime: string | null): void {
  const connected = useSummary().runtime?.state === "connected";
  const { queue } = useSummary();
  const busy = queue.running !== null;
  const last = lastRun(queue);
  const { hidden } = useSettings().files;
  useEffect(() => () => desk.tree.reset(), [desk, runtime]);
  useEffect(() => {
    if (connected && !busy) void desk.tree.refresh();
  }, [desk, runtime, connected, busy, last, hidden]);
  useEffect(() => {
    const look = () => {
      if (document.visibilityState !== "visible" || !connected) return;
      void desk.tree.refresh();
      desk.uploads.wake();
    };
    const wake = () => desk.uploads.wake();
    document.addEventListener("visibilitychange", look);
    window.addEventListener("online", wake);
    return () => {
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("online", wake);
    };
  }, [desk, connected]);
}

/** Null until they have come. */
function useNotebooks(): readonly NotebookInfo[] | null {
  const [notebooks, setNotebooks] = useState<readonly NotebookInfo[] | null>(null);
  const { toasts } = useController();
  useEffect(() => {
    let current = true;
    rest
      .notebooks()
      .then((found) => current && setNotebooks(found))
      .catch(() => current && setNotebooks([]));
    return () => {
      current = false;
    };
  }, [toasts]);
  return notebooks;
}

function NoRuntime() {
  const { running } = useController();
  return (
    <div className="files-none">
      <p>{words.noRuntime}</p>
      <Button look="outlined" onClick={() => running.connect()}>
        {words.connect}
      </Button>
    </div>
  );
}

interface ToolsProps {
  readonly desk: FilesDesk;
  readonly folder: string;
  readonly usable: boolean;
}

function Tools({ desk, folder, usable }: ToolsProps) {
  const { settings } = useController();
  const { hidden } = useSettings().files;
  const files = usePicker(desk, folder, false);
  const folders = usePicker(desk, folder, true);
  const groups = [
    [{ id: "folder", title: words.uploadFolder, icon: FolderUp, disabled: !usable, run: folders.pick }],
    [
      {
        id: "hidden",
        title: words.hidden,
        checked: hidden,
        run: () => settings.change({ files: { hidden: !hidden } }),
      },
    ],
  ];
  return (
    <div className="files-tools" role="toolbar" aria-label={words.title}>
      <IconButton icon={Upload} label={words.upload} disabled={!usable} onClick={files.pick} />
      <IconButton
        icon={FilePlus}
        label={words.newFile}
        disabled={!usable}
        onClick={() => desk.ask({ t: "new-file", folder })}
      />
      <IconButton
        icon={FolderPlus}
        label={words.newFolder}
        disabled={!usable}
        onClick={() => desk.ask({ t: "new-folder", folder })}
      />
      <IconButton
        icon={RefreshCw}
        label={strings.refresh}
        disabled={!usable}
        onClick={() => void desk.tree.refresh()}
      />
      <Menu label={strings.more} icon={MoreVertical} groups={groups} />
      {files.field}
      {folders.field}
    </div>
  );
}

function usePicker(desk: FilesDesk, folder: string, whole: boolean) {
  const fieldRef = useRef<HTMLInputElement>(null);
  const pick = useCallback(() => fieldRef.current?.click(), []);
  const field = (
    <input
      ref={fieldRef}
      type="file"
      hidden
      multiple
      aria-label={whole ? words.uploadFolder : words.upload}
      {...(whole && { webkitdirectory: "" })}
      onChange={({ currentTarget }) => {
        const picked = fromInput(currentTarget.files);
        currentTarget.value = "";
        void desk.upload(folder, picked);
      }}
    />
  );
  return { pick, field };
}

function DiskLine({ desk }: { readonly desk: FilesDesk }) {
  const { disk } = useSyncExternalStore(desk.tree.subscribe, desk.tree.read);
  if (disk === null) return null;
  return (
    <p className="files-disk meta tabular">
      {strings.runtime.used(strings.runtime.disk, bytes(disk.total - disk.free), bytes(disk.total))} · {words.gone}
    </p>
  );
}
