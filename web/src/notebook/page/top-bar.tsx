/** The top bar: the way back, the name, whether all is saved, the menus; who is here, and the runtime. */
import { Share2, Star as StarIcon } from "lucide-react";
import { type MouseEvent, useRef, useState, useSyncExternalStore } from "react";

import type { Go } from "../../app";
import { Button, IconButton } from "../../ui/button";
import { Mark } from "../../ui/mark";
import { strings } from "../../words";
import { useController, useMay } from "../context";
import { PeopleHere } from "../people/avatars";
import { MenuBar } from "./menu-bar";
import { useName } from "./name";
import { NarrowMenu } from "./narrow-menu";
import { RuntimeChip } from "./runtime-chip";
import { SavedState } from "./saved-state";

const words = strings.notebook;

interface TopBarProps {
  readonly alive: boolean;
  readonly go: Go;
}

/** Where there is no notebook: the way back. */
export function BareBar({ go }: Pick<TopBarProps, "go">) {
  return (
    <div className="top-bar">
      <Home alive={false} go={go} />
    </div>
  );
}

function Home({ alive, go }: TopBarProps) {
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

export function TopBar({ alive, go }: TopBarProps) {
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
    </div>
  );
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
