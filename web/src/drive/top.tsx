/** The top bar of Drive: the mark, the search, and what can be made. */
import { Search, X } from "lucide-react";
import { type MouseEvent, type SubmitEvent, useEffect, useRef, useState } from "react";

import { AccountMenu } from "../person/account-menu";
import { IconButton } from "../ui/button";
import { useValue } from "../ui/hooks";
import { Mark } from "../ui/mark";
import type { Toasts } from "../ui/toasts";
import { strings } from "../words";
import { useDrive } from "./context";
import { addressOf, MY_DRIVE } from "./model/views";

const words = strings.drive;
/** After so long without a key what was typed is searched. */
const REST_MS = 350;

export function Top({ alive, toasts }: { readonly alive: boolean; readonly toasts: Toasts }) {
  const { go } = useDrive();
  const home = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go("/");
  };
  return (
    <header className="page-top drive-top">
      <a className="drive-mark" href="/" title={words.home} onClick={home}>
        <Mark alive={alive} />
        <span className="drive-product">{strings.product}</span>
      </a>
      <SearchField />
      <span className="grow" />
      <AccountMenu go={go} toasts={toasts} />
    </header>
  );
}

function SearchField() {
  const { desk, go } = useDrive();
  const view = useValue(desk.view);
  const searched = view.t === "search" ? view.words : "";
  const [draft, setDraft] = useState(searched);
  const [last, setLast] = useState(searched);
  const [focused, setFocused] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<number | undefined>(undefined);
  if (last !== searched) {
    // The address has changed: by this field, or by going back.
    setLast(searched);
    if (!focused) setDraft(searched);
  }
  const search = (text: string) => {
    clearTimeout(timer.current);
    const wanted = text.trim();
    if (wanted === searched) return;
    if (wanted !== "") go(addressOf({ t: "search", words: wanted, inside: view.t !== "search" || view.inside }));
    else if (view.t === "search") go(addressOf(MY_DRIVE));
  };
  const type = (text: string) => {
    setDraft(text);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => search(text), REST_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    search(draft);
    document.querySelector<HTMLElement>(".items-grid")?.focus();
  };
  const clear = () => {
    setDraft("");
    search("");
    field.current?.focus();
  };
  return (
    <form className="drive-search" role="search" onSubmit={submit}>
      <Search aria-hidden />
      <input
        ref={field}
        type="search"
        dir="auto"
        aria-label={words.search}
        placeholder={words.search}
        title={words.searchHint}
        value={draft}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && draft !== "") {
            event.stopPropagation();
            clear();
          }
        }}
      />
      {draft !== "" && <IconButton icon={X} label={words.clearSearch} onClick={clear} />}
    </form>
  );
}
