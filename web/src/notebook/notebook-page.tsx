/** The notebook page: one session for as long as the page is open, and everything that shows it. */
import "./notebook.css";

import { useEffect, useState } from "react";

import type { Go } from "../app";
import { rest, sessionPorts } from "../browser";
import { Session } from "../session/session";
import { Button } from "../ui/button";
import { useTab } from "../ui/hooks";
import { strings } from "../ui/strings";
import type { Toasts } from "../ui/toasts";
import type { Problem } from "../wire/types";
import { Aside } from "./aside";
import { CellList } from "./cell-list";
import { ControllerContext, useStatusPart, useSummary } from "./context";
import { NotebookController } from "./controller";
import { loadEditor } from "./editor/source";
import { CommandKeys, keysBelongElsewhere } from "./keys";
import { StatusBar } from "./status-bar";
import { Toolbar } from "./toolbar";
import { TopBar } from "./top-bar";

interface PageProps {
  readonly notebook: string;
  readonly go: Go;
  readonly toasts: Toasts;
}

export default function NotebookPage({ notebook, go, toasts }: PageProps) {
  const [controller, setController] = useState<NotebookController | null>(null);
  useEffect(() => {
    const session = new Session(notebook, sessionPorts(notebook));
    const made = new NotebookController(session, toasts);
    setController(made);
    void session.start();
    void loadEditor();
    const stopListening = listen(session, made);
    return () => {
      stopListening();
      session.stop();
    };
  }, [notebook, toasts]);
  if (controller === null) return null;
  return (
    <ControllerContext value={controller}>
      <Notebook notebook={notebook} go={go} />
    </ControllerContext>
  );
}

/** The page's own events: the network comes back, the page is looked at again, a key in command mode. */
function listen(session: Session, controller: NotebookController): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const keys = new CommandKeys(controller);
  const wake = () => {
    if (document.visibilityState === "visible") session.wake();
  };
  window.addEventListener("online", () => session.wake(), { signal });
  document.addEventListener("visibilitychange", wake, { signal });
  document.addEventListener(
    "keydown",
    (event) => {
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
      <div className="bars">
        <TopBar name={name} alive={alive} go={go} onRename={setName} />
        <Toolbar />
      </div>
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
