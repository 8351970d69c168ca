/** The name of an item: a link where it can be opened, a field while it is renamed. Names are never taken for markup or direction. */
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from "react";

import type { Item } from "../net/drive-rest";
import { shownName } from "../notebook/model/file-names";
import { isMac } from "../platform";
import { useValue } from "../ui/hooks";
import { strings } from "../words";
import { useDrive } from "./context";
import { addressOfItem } from "./model/deeds";

const words = strings.drive;

export function NameCell({ item }: { readonly item: Item }) {
  const { desk } = useDrive();
  const renaming = useValue(desk.renaming) === item.id;
  return renaming ? <NameField item={item} /> : <NameLink item={item} />;
}

function NameLink({ item }: { readonly item: Item }) {
  const { deeds } = useDrive();
  const name = <bdi>{shownName(item.name)}</bdi>;
  if (item.binned_at !== null) return <span className="item-name">{name}</span>;
  const open = (event: MouseEvent) => {
    // With Ctrl or Shift it is chosen, as its row is.
    if (event.shiftKey || (isMac ? event.metaKey : event.ctrlKey)) {
      event.preventDefault();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    deeds.open(item);
  };
  return (
    <a
      className="item-name"
      href={addressOfItem(item) ?? "#"}
      tabIndex={-1}
      draggable={false}
      title={shownName(item.name)}
      onClick={open}
    >
      {name}
    </a>
  );
}

/** Enter and leaving it rename, Escape does not. The ending is left out of what is selected. */
function NameField({ item }: { readonly item: Item }) {
  const { desk, deeds } = useDrive();
  const [draft, setDraft] = useState(item.name);
  const field = useRef<HTMLInputElement>(null);
  const over = useRef(false);
  useEffect(() => {
    const dot = item.kind === "folder" ? -1 : item.name.lastIndexOf(".");
    field.current?.focus();
    field.current?.setSelectionRange(0, dot > 0 ? dot : item.name.length);
  }, [item.kind, item.name]);
  const end = (rename: boolean) => {
    if (over.current) return;
    over.current = true;
    desk.renaming.become(null);
    if (rename) void deeds.rename(item, draft);
    document.querySelector<HTMLElement>(".items-grid")?.focus({ preventScroll: true });
  };
  const keys = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Enter" && !event.nativeEvent.isComposing) end(true);
    if (event.key === "Escape") end(false);
  };
  return (
    <input
      ref={field}
      className="field item-field"
      dir="auto"
      aria-label={words.renameField(shownName(item.name))}
      value={draft}
      spellCheck={false}
      onChange={(event) => setDraft(event.target.value)}
      onKeyDown={keys}
      onBlur={() => end(true)}
      onDoubleClick={(event) => event.stopPropagation()}
    />
  );
}
