/** The notebook page: one session for as long as the page is open, and everything that shows it. */
import "./notebook.css";

import { useEffect, useState } from "react";

import type { Go } from "../../app";
import { rest, sessionPorts } from "../../browser";
import { Session } from "../../session/session";
import { Button } from "../../ui/button";
import { useTab } from "../../ui/hooks";
import { strings } from "../../words";
import type { Toasts } from "../../ui/toasts";
import type { Problem } from "../../wire/types";
import { Aside } from "./aside";
import { CellList } from "../cells/cell-list";
import { ControllerContext, useStatusPart, useSummary } from "../context";
import { NotebookController } from "../controller";
import { CommandKeys, keysBelongElsewhere } from "../keys";
import { StatusBar } from "./status-bar";
import { Toolbar } from "./toolbar";
import { TopBar } from "./top-bar";

interface PageProps {
  readonly notebook: string;
  readonly go: Go;
  readonly toasts: Toasts;
}

/** Mounted anew for another notebook (by its key). */
export default function NotebookPage({ notebook, go, toasts }: PageProps) {
  const [controller] = useState(() => new NotebookController(new Session(notebook, sessionPorts(notebook)), toasts));
  useEffect(() => {
    const { session } = controller;
    void session.start();
    const stopListening = listen(session, controller);
    return () => {
      stopListening();
      session.stop();
    };
  }, [controller]);
  return (
    <ControllerContext value={controller}>
      <Notebook notebook={notebook} go={go} />
    </ControllerContext>
  );
}

/** The page's own events: the network comes and goes, the page is looked at again, a key in command mode. */
function listen(session: Session, controller: NotebookController): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const keys = new CommandKeys(controller);
  const wake = () => {
    if (document.visibilityState === "visible") session.wake();
  };
  window.addEventListener("online", () => session.wake(), { signal });
  window.addEventListener("offline", () => session.check(), { signal });
  document.addEventListener("visibilitychange", wake, { signal });
  document.addEventListener(
    "keydown",
    (event) => {
      // Everything is saved as it is written; the browser's own "save page" helps nobody here.
      if ((event.ctrlKey || event.metaKey) && event.key === "s") event.preventDefault();
      if (event.defaultPrevented || event.isComposing || keysBelongElsewhere(event.target, event.key)) return;
      if (keys.press(event)) event.preventDefault();
    },
    { signal },
  );
  return () => stop.abort();
}

/** The name, as the server has it; it is no part of the document. */
function useName(notebook: string): [string | null, (name: string) => void] {
  const [name, setName] = useState<string | null>(null);
  const joined = useStatusPart((status) => status.joined);
  useEffect(() => {
    let current = true;
    rest.notebook(notebook).then(
      (info) => current && setName(info.name),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [notebook, joined]);
  return [name, setName];
}

function Notebook({ notebook, go }: { readonly notebook: string; readonly go: Go }) {
  const [name, setName] = useName(notebook);
  const { queue } = useSummary();
  const book = useStatusPart((status) => status.book);
  const aside = useStatusPart((status) => status.aside);
  const phase = useStatusPart((status) => status.phase);
  const alive = queue.running !== null;
  const title = name ?? strings.product;
  useTab(alive ? strings.running(title) : title, alive);
  return (
    <div className="notebook">
      <header className="bars">
        <TopBar name={name} alive={alive} go={go} onRename={setName} />
        <Toolbar />
      </header>
      {aside !== null && <Aside aside={aside} />}
      <main className="notebook-main">
        {phase.t === "refused" && <Refused problem={phase.problem} go={go} />}
        {book !== null ? (
          <CellList key={book.doc.guid} />
        ) : (
          phase.t !== "refused" && <p className="opening">{strings.notebook.loading}</p>
        )}
      </main>
      <StatusBar />
    </div>
  );
}

function Refused({ problem, go }: { readonly problem: Problem; readonly go: Go }) {
  return (
    <div className="refused" role="alert">
      <h1>{problem.title}</h1>
      {problem.detail !== "" && <p>{problem.detail}</p>}
      <Button look="outlined" onClick={() => go("/")}>
        {strings.notebook.back}
      </Button>
    </div>
  );
}
