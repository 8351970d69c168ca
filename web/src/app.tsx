/** The page of this address, each a part of its own; and the door, for who is not signed in. */
import { type ComponentType, createElement, lazy, Suspense, useCallback, useEffect, useState } from "react";

import { doorAddress } from "./door/model/next-path";
import { account, csrfCookie, keep } from "./browser";
import { loadEditor } from "./notebook/editor/load";
import { type PageAt, pageAt } from "./pages";
import { ownedBy } from "./person/model/owned";
import { Mark } from "./ui/mark";
import { fetchPart } from "./ui/part";
import { strings } from "./words";
import { Toasts, ToastArea } from "./ui/toasts";
import { useValue } from "./ui/hooks";

interface PageProps {
  /** Path and query. */
  readonly address: string;
  readonly go: Go;
  readonly toasts: Toasts;
}
type Page = ComponentType<PageProps & { readonly notebook: string }>;
type PageName = PageAt["t"];

const PARTS: Readonly<Record<PageName, () => Promise<{ readonly default: Page }>>> = {
  notebook: () => import("./notebook/page/notebook-page"),
  drive: () => import("./drive/drive-page"),
  door: () => import("./door/door-page"),
  account: () => import("./account/account-page"),
  admin: () => import("./admin/admin-page"),
};

const fetchPage = async (name: PageName) => (await fetchPart(PARTS[name])).default;

const SessionOver = lazy(() => fetchPart(() => import("./door/session-over")));

/**
 * The code of a page, when it is there. Not by Suspense: what follows a fallback is held back for 300 ms by React.
 * A notebook's editor is fetched beside it, and after the first paint, which needs none.
 */
function usePage(name: PageName): Page | null {
  const [first] = useState(() => ({ name, page: fetchPage(name) }));
  const [pages, setPages] = useState<Partial<Record<PageName, Page>>>({});
  useEffect(() => {
    if (name === "notebook") void loadEditor();
    const fetching = first.name === name ? first.page : fetchPage(name);
    void fetching.then((page) => setPages((had) => ({ ...had, [name]: page })));
  }, [name, first]);
  return pages[name] ?? null;
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

/** Path and query: as they are, or those of the door for who surely is not signed in. */
function here(): string {
  const address = location.pathname + location.search;
  const who = account.who.read();
  if (pageAt(address).t === "door" || who.t !== "out" || who.was !== null) return address;
  const door = doorAddress(address);
  history.replaceState(null, "", door);
  return door;
}

/** Asks who is signed in: at first, and when the page comes back out of the browser's memory. */
function useWho() {
  const who = useValue(account.who);
  useEffect(() => {
    void account.ask();
    const back = ({ persisted }: PageTransitionEvent) => persisted && void account.ask();
    window.addEventListener("pageshow", back);
    return () => window.removeEventListener("pageshow", back);
  }, []);
  useEffect(() => {
    if (who.t !== "in" || ownedBy(localStorage, who.me.id)) return;
    // What the browser keeps is another person's: it is gone before this one sees or sends any of it.
    void keep.forgetAll().then(() => location.reload());
  }, [who]);
  return who;
}

export function App() {
  const [address, setAddress] = useState(here);
  const [toasts] = useState(() => new Toasts());
  useEffect(() => {
    const onMove = () => setAddress(here());
    window.addEventListener("popstate", onMove);
    const stop = account.who.subscribe(onMove);
    return () => {
      window.removeEventListener("popstate", onMove);
      stop();
    };
  }, []);
  const go = useCallback<Go>((to) => {
    history.pushState(null, "", to);
    setAddress(here());
    window.scrollTo(0, 0);
  }, []);
  const who = useWho();
  const at = pageAt(address);
  // Who surely is not signed in sees nothing of a page before the door; else nothing waits for the answer.
  const wait = at.t !== "door" && who.t === "unknown" && csrfCookie() === "";
  const page = usePage(wait ? "door" : at.t);
  const over = at.t !== "door" && who.t === "out" && who.was?.mode === "team" ? who.was : null;
  const notebook = at.t === "notebook" ? at.notebook : "";
  return (
    <>
      {page === null || wait ? (
        <Opening />
      ) : (
        <div className="page" inert={over !== null}>
          {createElement(page, { key: at.t + notebook, notebook, address, go, toasts })}
        </div>
      )}
      {over !== null && (
        <Suspense fallback={null}>
          <SessionOver was={over} address={address} />
        </Suspense>
      )}
      <ToastArea toasts={toasts} />
    </>
  );
}
