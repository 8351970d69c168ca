/** The top bar: the way back, the name, whether all is saved, the menus; who is here, and the runtime. */
import { Share2, Star as StarIcon } from "lucide-react";
import { type MouseEvent, useRef, useState, useSyncExternalStore } from "react";

import { AccountMenu } from "../../person/account-menu";
import type { Go } from "../../app";
import { account } from "../../browser";
import { Button, IconButton } from "../../ui/button";
import { useValue } from "../../ui/hooks";
import { Mark } from "../../ui/mark";
import type { Toasts } from "../../ui/toasts";
import { strings } from "../../words";
import { useController, useMay } from "../context";
import { PeopleHere } from "../people/avatars";
import { MenuBar } from "./menu-bar";
import { useName } from "./name";
import { NarrowMenu } from "./narrow-menu";
import { RuntimeChip } from "./runtime-chip";
import { SavedState } from "./saved-state";

const words = strings.notebook;

interface HomeProps {
  readonly alive: boolean;
  readonly go: Go;
}

interface TopBarProps extends HomeProps {
  readonly toasts: Toasts;
}

/** Where there is no notebook: the way back. */
export function BareBar({ go }: Pick<HomeProps, "go">) {
  return (
    <div className="top-bar">
      <Home alive={false} go={go} />
    </div>
  );
}

function Home({ alive, go }: HomeProps) {
  const back = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go("/");
  };
  return (
    <a className="home" href="/" aria-label={words.back} title={words.back} onClick={back}>
      <Mark alive={alive} />
    </a>
  );
}

export function TopBar({ alive, go, toasts }: TopBarProps) {
  const { shell } = useController();
  return (
    <div className="top-bar">
      <Home alive={alive} go={go} />
      <Title />
      <StarButton />
      <SavedState className="wide-only" />
      <MenuBar />
      <span className="grow" />
      <NarrowMenu />
      <PeopleHere />
      <Button look="outlined" icon={Share2} className="wide-only" onClick={() => shell.openDialog("share")}>
        {strings.share.title}
      </Button>
      <RuntimeChip />
      <TeamAccount go={go} toasts={toasts} />
    </div>
  );
}

/** Who works here: there is room for it on a wide screen, and something to say in a team. */
function TeamAccount({ go, toasts }: Omit<TopBarProps, "alive">) {
  const who = useValue(account.who);
  const team = who.t === "in" && who.me.mode === "team";
  return team ? <AccountMenu go={go} toasts={toasts} className="wide-only" /> : null;
}

function StarButton() {
  const { star } = useController();
  const starred = useSyncExternalStore(star.subscribe, star.read);
  return (
    <IconButton
      icon={StarIcon}
      label={starred ? strings.list.unstar : strings.list.star}
      aria-pressed={starred}
      className={starred ? "star on" : "star"}
      onClick={() => star.toggle()}
    />
  );
}

/** The name, edited in place: Enter or leaving it renames, Escape does not. */
function Title() {
  const { name, rename } = useName();
  const editable = useMay("edit");
  const [draft, setDraft] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const commit = () => {
    if (draft !== null) rename(draft.trim());
    setDraft(null);
  };
  return (
    <input
      ref={field}
      className="title"
      aria-label={words.titleLabel}
      readOnly={!editable}
      value={draft ?? name ?? ""}
      placeholder={words.untitled}
      spellCheck={false}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") field.current?.blur();
        if (event.key === "Escape") setDraft(null);
      }}
    />
  );
}
