/** Which page stands at this address: Drive, or one notebook. Each is a part of its own. */
import { type ComponentType, createElement, useCallback, useEffect, useState } from "react";

import { loadEditor } from "./notebook/editor/load";
import { Mark } from "./ui/mark";
import { fetchPart } from "./ui/part";
import { strings } from "./words";
import { Toasts, ToastArea } from "./ui/toasts";

type NotebookPage = ComponentType<{ readonly notebook: string; readonly go: Go; readonly toasts: Toasts }>;
type DrivePage = ComponentType<{ readonly address: string; readonly go: Go; readonly toasts: Toasts }>;

const fetchNotebookPage = async () => (await fetchPart(() => import("./notebook/page/notebook-page"))).default;
const fetchDrivePage = async () => (await fetchPart(() => import("./drive/drive-page"))).default;

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

function useDrivePage(wanted: boolean): DrivePage | null {
  const [fetching] = useState(() => (wanted ? fetchDrivePage() : null));
  const [page, setPage] = useState<DrivePage | null>(null);
  useEffect(() => {
    if (wanted) void (fetching ?? fetchDrivePage()).then((found) => setPage(() => found));
  }, [wanted, fetching]);
  return page;
}

function notebookIn(address: string): string | null {
  const found = /^\/notebooks\/([^/?#]+)\/?(?:[?#]|$)/.exec(address);
  return found?.[1] === undefined ? null : decodeURIComponent(found[1]);
}

/** After this long a page that does not come needs a word of explanation. */
const LATE_MS = 3_000;

export type Go = (path: string) => void;

/** The first paint, while the code of a page is on the way. */
function Opening() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <header className="page-top">
      <Mark alive={false} />
      <span className="meta">{late ? strings.notebook.late : strings.loading}</span>
    </header>
  );
}

/** Path and query. */
const here = () => location.pathname + location.search;

export function App() {
  const [address, setAddress] = useState(here);
  const [toasts] = useState(() => new Toasts());
  useEffect(() => {
    const onMove = () => setAddress(here());
    window.addEventListener("popstate", onMove);
    return () => window.removeEventListener("popstate", onMove);
  }, []);
  const go = useCallback<Go>((to) => {
    history.pushState(null, "", to);
    setAddress(here());
    window.scrollTo(0, 0);
  }, []);
  const notebook = notebookIn(address);
  const page = useNotebookPage(notebook !== null);
  const drive = useDrivePage(notebook === null);
  return (
    <>
      {notebook === null ? (
        drive === null ? (
          <Opening />
        ) : (
          createElement(drive, { address, go, toasts })
        )
      ) : page === null ? (
        <Opening />
      ) : (
        createElement(page, { key: notebook, notebook, go, toasts })
      )}
      <ToastArea toasts={toasts} />
    </>
  );
}
