/** The notebook page: one session for as long as the page is open, and everything that shows it. */
import "./notebook.css";

import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { flushSync } from "react-dom";

import type { Go } from "../../app";
import { account, after, newId, rest, sessionPorts, settings } from "../../browser";
import { RuntimeRest } from "../../net/runtime-rest";
import { Session } from "../../session/session";
import { useSettings, useTab } from "../../ui/hooks";
import type { Toasts } from "../../ui/toasts";
import { strings } from "../../words";
import { CellList } from "../cells/cell-list";
import { ControllerContext, useBook, useController, useMay, useStatusPart, useSummary } from "../context";
import { NotebookController } from "../controller";
import { Unsent } from "../comments/unsent";
import { DockArea } from "../dock/dock-area";
import { startWorker } from "../find/browser-worker";
import { Searcher } from "../find/searcher";
import { FollowBar } from "../people/avatars";
import { listenToFollowing } from "../people/follow-view";
import { Dock } from "../model/dock";
import { roleOf } from "../../sharing/model/roles";
import { AccessEnded } from "./access-ended";
import { Aside } from "./aside";
import { AwayCard } from "./away-card";
import { browserFiles } from "./browser-files";
import { Dialogs } from "./dialogs";
import { DropTarget } from "./drop-target";
import "./print.css";
import { listenToClipboard, listenToKeys } from "./keyboard";
import { NameContext, useServerName } from "./name";
import { listenToRuns } from "./notify";
import { OpenPane, Rail } from "./rail";
import { listenToAccount } from "./account";
import { listenToPlace } from "./return";
import { Refused } from "./refused";
import { RunNews } from "./run-news";
import { StatusBar } from "./status-bar";
import { Toolbar } from "./toolbar";
import { BareBar, TopBar } from "./top-bar";

/** Below this a pane covers the cells (notebook.css). */
const WIDE = "(min-width: 721px)";

interface PageProps {
  readonly notebook: string;
  readonly go: Go;
  readonly toasts: Toasts;
}

function makeController({ notebook, go, toasts }: PageProps): NotebookController {
  const session = new Session(notebook, sessionPorts(notebook));
  const wide = window.matchMedia(WIDE).matches;
  const searcher = new Searcher({ start: startWorker, after });
  return new NotebookController({
    session,
    settings,
    toasts,
    newId,
    wide,
    files: browserFiles(go, toasts),
    dock: new Dock(sessionStorage, notebook),
    runtime: new RuntimeRest(rest, notebook),
    searcher,
    after,
    storage: localStorage,
    now: Date.now,
  });
}

/** Mounted anew for another notebook (by its key). */
export default function NotebookPage(props: PageProps) {
  const [controller] = useState(() => makeController(props));
  useEffect(() => {
    const { session } = controller;
    void session.start();
    const stopListening = listen(controller);
    return () => {
      stopListening();
      session.stop();
    };
  }, [controller]);
  return (
    <ControllerContext value={controller}>
      <Notebook go={props.go} toasts={props.toasts} />
    </ControllerContext>
  );
}

const isLookedAt = () => document.visibilityState === "visible";

/** The page's own events: the network comes and goes, the page is looked at again, keys, the clipboard. */
function listen(controller: NotebookController): () => void {
  const { session } = controller;
  const stop = new AbortController();
  const { signal } = stop;
  const wake = () => {
    if (document.visibilityState === "visible") session.wake();
  };
  window.addEventListener("online", () => session.wake(), { signal });
  window.addEventListener("offline", () => session.check(), { signal });
  document.addEventListener("visibilitychange", wake, { signal });
  document.addEventListener("visibilitychange", () => controller.away.look(isLookedAt()), { signal });
  signal.addEventListener("abort", controller.away.start(isLookedAt()));
  signal.addEventListener("abort", controller.whereabouts.start());
  signal.addEventListener("abort", controller.conversation.start());
  listenToPlace(controller, signal);
  listenToFollowing(controller, signal);
  listenToKeys(controller, signal, flushSync);
  listenToClipboard(controller, signal);
  listenToAccount(session, account, after, signal);
  return () => stop.abort();
}

function Notebook({ go, toasts }: { readonly go: Go; readonly toasts: Toasts }) {
  const named = useServerName();
  const { queue } = useSummary();
  const { width } = useSettings();
  const aside = useStatusPart((status) => status.aside);
  const may = useMay("run");
  useRightsSaid();
  useLeaveQuestion();
  const alive = queue.running !== null;
  useTabOf(named.name ?? strings.product, alive);
  const nothing = useStatusPart(({ phase, book, rights }) => phase.t === "refused" && book === null && rights.ended);
  if (nothing) {
    return (
      <div className="notebook">
        <header className="bars">
          <BareBar go={go} />
        </header>
        <div className="notebook-ground">
          <Cells go={go} />
        </div>
      </div>
    );
  }
  return (
    <NameContext value={named}>
      <div className={`notebook ${width}`}>
        <header className="bars">
          <TopBar alive={alive} go={go} toasts={toasts} />
          <Toolbar />
        </header>
        <FollowBar />
        <Rail />
        <OpenPane />
        <div className="notebook-ground">
          {aside !== null && <Aside aside={aside} />}
          <Unsent />
          <Cells go={go} />
        </div>
        {may && <DockArea />}
        <StatusBar />
        <RunNews />
        <AwayCard />
        <DropTarget />
        <Dialogs />
      </div>
    </NameContext>
  );
}

/** A run or a comment that the server has not heard of yet ends with the page: the browser asks before. */
function useLeaveQuestion(): void {
  const { session } = useController();
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => session.unheard && event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [session]);
}

/** Says when one may do more or less than a moment ago; what was so from the beginning, the page shows. */
function useRightsSaid(): void {
  const { toasts } = useController();
  const rights = useStatusPart((status) => status.rights);
  const before = useRef(rights);
  useEffect(() => {
    const [was, is] = [before.current, rights];
    before.current = rights;
    if (was.capabilities === null || is.capabilities === null || is.ended || was.ended) return;
    const [from, to] = [roleOf(was.capabilities, false), roleOf(is.capabilities, false)];
    if (from === to) return;
    const said = {
      editor: strings.share.nowEditor,
      commenter: strings.share.nowCommenter,
      viewer: strings.share.nowViewer,
    };
    if (to !== "owner") toasts.remind(said[to]);
  }, [rights, toasts]);
}

/** The tab's title and icon, and the word that a long run is over. */
function useTabOf(title: string, alive: boolean): void {
  const controller = useController();
  const { away } = controller;
  const { outcome } = useSyncExternalStore(away.subscribe, away.read);
  const { ok, failed } = strings.away.tab;
  const face = alive ? "alive" : (outcome ?? "idle");
  const titles = { alive: strings.running, ok, failed, idle: (plain: string) => plain };
  useTab(titles[face](title), face);
  const latest = useRef(title);
  useEffect(() => {
    latest.current = title;
  }, [title]);
  useEffect(() => {
    const stop = new AbortController();
    listenToRuns(controller, () => latest.current, stop.signal);
    return () => stop.abort();
  }, [controller]);
}

function Cells({ go }: { readonly go: Go }) {
  const book = useBook();
  const phase = useStatusPart((status) => status.phase);
  const rights = useStatusPart((status) => status.rights);
  const { selection } = useController();
  const refused = phase.t === "refused";
  return (
    <main
      className="notebook-main"
      onPointerDown={({ target, currentTarget }) => target === currentTarget && selection.select(null)}
    >
      {refused && (book === null || !rights.ended) && <Refused problem={phase.problem} go={go} />}
      {refused && book !== null && rights.ended && <AccessEnded problem={phase.problem} />}
      {book !== null ? (
        <CellList key={book.doc.guid} />
      ) : (
        !refused && <p className="notebook-opening">{strings.notebook.loading}</p>
      )}
    </main>
  );
}
