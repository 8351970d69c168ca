/** The Drive page: its places, one of its views, and what is asked or told above them. */
import "./drive.css";

import { Plus } from "lucide-react";
import { type DragEvent, useEffect, useRef } from "react";

import type { Go } from "../app";
import { useSettings, useTab, useValue } from "../ui/hooks";
import { fromInput } from "../ui/picked";
import { NoAccess, useMe } from "../sharing/no-access";
import { shownName } from "../notebook/model/file-names";
import { strings } from "../words";
import type { Toasts } from "../ui/toasts";
import { commandOf } from "./item-keys";
import { driveCommands, targetHere } from "./commands";
import { DriveContext, useDrive, useListing } from "./context";
import { DetailsPanel } from "./details";
import { DriveHead } from "./drive-head";
import { type Drive, driveHere } from "./drive-here";
import { ItemsView } from "./items-view";
import { FullNote, Meter } from "./meter";
import { none } from "./model/selection";
import { mayEdit } from "./model/moving";
import { addressOf, chosenAt, MY_DRIVE, type View, viewAt } from "./model/views";
import { Beginnings, NewMenu } from "./new-menu";
import { Awaited, Empty, Failed } from "./nothing";
import { Places, PlacesBelow } from "./places";
import { Questions } from "./questions";
import { RequestsCard } from "./requests-card";
import { Top } from "./top";
import { Tray } from "./tray";
import { hasFiles, useDrop } from "./use-drop";

const words = strings.drive;
const REFRESH_MS = 4_000;

interface PageProps {
  /** Path and query. */
  readonly address: string;
  readonly go: Go;
  readonly toasts: Toasts;
}

export default function DrivePage({ address, go, toasts }: PageProps) {
  const drive = driveHere(go, toasts);
  useEffect(() => drive.desk.open(viewAt(address), chosenAt(address)), [drive, address]);
  return (
    <DriveContext value={drive}>
      <Layout toasts={toasts} />
      <Questions />
      <Tray />
    </DriveContext>
  );
}

function titleOf(view: View, name: string | null): string {
  switch (view.t) {
    case "folder":
      return name ?? words.myDrive;
    case "search":
      return words.found(view.words);
    default:
      return words[view.t];
  }
}

function Layout({ toasts }: { readonly toasts: Toasts }) {
  const drive = useDrive();
  const { desk } = drive;
  const view = useValue(desk.view);
  const { item } = useValue(desk.here);
  const { items } = useListing();
  const { details } = useSettings().drive;
  const alive = items.some(({ running }) => running);
  const title = titleOf(view, item === null ? null : shownName(item.name));
  useTab(view.t === "home" ? strings.product : `${title} - ${strings.product}`, alive ? "alive" : "idle");
  useFresh(drive);
  useKeys(drive);
  usePaste(drive);
  return (
    <div className={details ? "drive with-details" : "drive"}>
      <Top alive={alive} toasts={toasts} />
      <Places>
        <NewMenu className="button outlined new-button">
          <Plus aria-hidden />
          {words.make}
        </NewMenu>
        <Meter />
      </Places>
      <Main title={title} />
      {details && <DetailsPanel />}
      <NewMenu className="button primary new-round" />
      <PlacesBelow />
    </div>
  );
}

function Main({ title }: { readonly title: string }) {
  const drive = useDrive();
  const { desk } = drive;
  const view = useValue(desk.view);
  const { items, whole, loading, problem } = useListing();
  const { problem: hereProblem } = useValue(desk.here);
  useValue(desk.info);
  const scroller = useRef<HTMLDivElement>(null);
  const listing = useValue(desk.listing);
  useEffect(() => {
    scroller.current?.scrollTo(0, 0);
  }, [listing]);
  const target = targetHere(drive);
  const { over, props } = useDrop(target);
  const failed = problem ?? hereProblem;
  const team = useMe()?.mode === "team";
  const lacking = team && view.t === "folder" && failed?.status === 404 && items.length === 0;
  // Only files are shown as coming here: what is dragged of this folder is here already.
  const guard = (event: DragEvent) => {
    props.onDragOver(event);
    if (hasFiles(event)) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    props.onDrop(event);
    // Left to the browser it would go to the file.
    event.preventDefault();
  };
  const clear = (event: { target: EventTarget; currentTarget: EventTarget }) => {
    if (event.target === event.currentTarget) desk.selection.become(none(desk.selection.read()));
  };
  return (
    <main className="drive-main" {...props} onDragOver={guard} onDrop={drop}>
      {!lacking && <DriveHead />}
      <div ref={scroller} className="drive-scroll" onClick={clear}>
        <FullNote />
        {view.t === "home" && <Beginnings />}
        {view.t === "home" && <RequestsCard />}
        {view.t === "bin" && items.length > 0 && <p className="drive-hint meta">{words.binNote}</p>}
        {lacking && (
          <NoAccess
            key={view.id}
            item={view.id}
            onAgain={() => {
              void listing.need(1);
              void desk.refresh();
            }}
            back={{ label: words.back, run: () => drive.go(addressOf(MY_DRIVE)) }}
          />
        )}
        {failed !== null && !lacking && <Failed problem={failed} whole={items.length === 0} />}
        {items.length > 0 && <ItemsView key={view.t} scroller={scroller} label={title} />}
        {items.length === 0 && failed === null && (whole && !loading ? <Empty view={view} /> : <Awaited />)}
      </div>
      {over && target !== null && <div className="drop-sheet">{words.dropHere(shownName(target.name))}</div>}
    </main>
  );
}

/** Reads what is in sight again while the page is looked at. */
function useFresh({ desk }: Drive): void {
  useEffect(() => {
    const read = () => {
      if (document.visibilityState === "visible") void desk.refresh();
    };
    void desk.readInfo();
    const timer = setInterval(read, REFRESH_MS);
    document.addEventListener("visibilitychange", read);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", read);
    };
  }, [desk]);
}

const takesKeys = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest("input:not([type=checkbox]), textarea, [role=dialog], [role=menu], [contenteditable=true]") !== null;

/** Keys that mean the same wherever the focus is; those of the list stand in item-keys.ts. */
function useKeys(drive: Drive): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || takesKeys(event.target)) return;
      if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        document.querySelector<HTMLElement>(".drive-search input")?.focus();
        return;
      }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        // From nowhere in particular the arrows go to the list.
        if (event.altKey || document.activeElement !== document.body) return;
        document.querySelector<HTMLElement>(".items-grid")?.focus();
        return;
      }
      // A button has Enter and Space for itself.
      if (
        event.target instanceof Element &&
        event.target.closest("button, a") !== null &&
        /^(Enter| )$/.test(event.key)
      ) {
        return;
      }
      const id = commandOf(drive, event);
      if (id !== null && driveCommands.run(id, drive)) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [drive]);
}

/** Files on the clipboard are uploaded; else what was cut or copied here is put here. */
function usePaste(drive: Drive): void {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      if (takesKeys(event.target)) return;
      const files = event.clipboardData?.files ?? null;
      if (files !== null && files.length > 0) {
        const target = targetHere(drive);
        if (target !== null && !mayEdit(target.role)) return;
        event.preventDefault();
        void drive.uploading.add(fromInput(files), drive.desk.folder);
      } else if (driveCommands.run("drive.paste", drive)) event.preventDefault();
    };
    document.addEventListener("paste", onPaste);
    return () => document.removeEventListener("paste", onPaste);
  }, [drive]);
}
