/** Which page stands at this address: the list of notebooks, or one notebook. */
import { type ComponentType, createElement, useCallback, useEffect, useState } from "react";

import { ListPage } from "./drive/list-page";
import { loadEditor } from "./notebook/editor/load";
import { Mark } from "./ui/mark";
import { fetchPart } from "./ui/part";
import { strings } from "./words";
import { Toasts, ToastArea } from "./ui/toasts";

type NotebookPage = ComponentType<{ readonly notebook: string; readonly go: Go; readonly toasts: Toasts }>;

const fetchNotebookPage = async () => (await fetchPart(() => import("./notebook/page/notebook-page"))).default;

/**
 * The code of a notebook, when it is there. Not by Suspense: what follows a fallback is held back for 300 ms by React.
 * The editor is fetched beside it, and after the first paint, which needs none.
 */
function useNotebookPage(wanted: boolean): NotebookPage | null {
  const [fetching] = useState(() => (wanted ? fetchNotebookPage() : null));
  const [page, setPage] = useState<NotebookPage | null>(null);
  useEffect(() => {
    if (!wanted) return;
    void loadEditor();
    void (fetching ?? fetchNotebookPage()).then((found) => setPage(() => found));
  }, [wanted, fetching]);
  return page;
}

function notebookIn(path: string): string | null {
  const found = /^\/notebooks\/([^/]+)\/?$/.exec(path);
  return found?.[1] === undefined ? null : decodeURIComponent(found[1]);
}

/** After this long a page that does not come needs a word of explanation. */
const LATE_MS = 3_000;

export type Go = (path: string) => void;

/** The first paint of a notebook, while its code is on the way. */
function Opening() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <header className="list-top">
      <Mark alive={false} />
      <span className="meta">{late ? strings.notebook.late : strings.notebook.loading}</span>
    </header>
  );
}

export function App() {
  const [path, setPath] = useState(location.pathname);
  const [toasts] = useState(() => new Toasts());
  useEffect(() => {
    const onMove = () => setPath(location.pathname);
    window.addEventListener("popstate", onMove);
    return () => window.removeEventListener("popstate", onMove);
  }, []);
  const go = useCallback<Go>((to) => {
    history.pushState(null, "", to);
    setPath(to);
    window.scrollTo(0, 0);
  }, []);
  const notebook = notebookIn(path);
  const page = useNotebookPage(notebook !== null);
  return (
    <>
      {notebook === null ? (
        <ListPage go={go} toasts={toasts} />
      ) : page === null ? (
        <Opening />
      ) : (
        createElement(page, { key: notebook, notebook, go, toasts })
      )}
      <ToastArea toasts={toasts} />
    </>
  );
}
