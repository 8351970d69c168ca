/** The command palette: every command by its words or its keys. */
import "./palette.css";

import { type KeyboardEvent, useState } from "react";
import { Autocomplete } from "react-aria-components/Autocomplete";
import { Input } from "react-aria-components/Input";
import { Menu, MenuItem } from "react-aria-components/Menu";
import { SearchField } from "react-aria-components/SearchField";

import { search } from "../../commands/search";
import { Dialog } from "../../ui/dialog";
import { strings } from "../../words";
import { commands } from "../commands";
import { menus } from "../commands/menus";
import { useController } from "../context";
import type { DialogProps } from "./dialogs";
import { commandItem } from "./menu-bar";

/** In which menu a command stands, to be shown beside it. */
const menuOf = new Map(
  menus.flatMap(({ title, groups }) =>
    groups.flat().flatMap((item) => (typeof item === "string" ? [item] : item.items).map((id) => [id, title] as const)),
  ),
);

/** A field with a text, of whose list no item is marked. */
const isUnmarked = (target: EventTarget): boolean =>
  target instanceof HTMLInputElement && target.value !== "" && !target.hasAttribute("aria-activedescendant");

export default function Palette({ onClose }: DialogProps) {
  const controller = useController();
  const [query, setQuery] = useState("");
  const items = commands
    .all()
    .filter(({ hidden }) => hidden !== true)
    .map(({ id }) => commandItem(controller, id))
    .filter(({ disabled }) => disabled !== true);
  const found = search(query, items, ({ id, title }) => `${title} ${menuOf.get(id) ?? ""}`);
  const run = (id: string) => {
    onClose();
    // After the dialog has given the focus back, which the command may move on.
    setTimeout(() => commands.run(id, controller));
  };
  // Before the search field, which else takes Escape to clear what was typed, and the palette would stay.
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const [first] = found;
    if (event.key === "Escape") onClose();
    // What was typed before the list was there has marked nothing in it.
    else if (event.key === "Enter" && first !== undefined && isUnmarked(event.target)) run(first.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Dialog title={strings.commands.palette} onClose={onClose} closeOnNarrow>
      <div onKeyDownCapture={press}>
        <Autocomplete inputValue={query} onInputChange={setQuery}>
          <SearchField aria-label={strings.shell.paletteHint} autoFocus className="palette-search">
            <Input className="field whole" placeholder={strings.shell.paletteHint} />
          </SearchField>
          {/* What scrolls can be reached by keyboard: the items cannot, for the field keeps the focus. */}
          <div className="palette-list" role="group" aria-label={strings.commands.palette} tabIndex={0}>
            <Menu
              aria-label={strings.commands.palette}
              className="menu-list"
              items={found}
              onAction={(id) => run(String(id))}
              renderEmptyState={() => <p className="pane-note">{strings.shell.paletteEmpty}</p>}
            >
              {({ id, title, shortcut, checked }) => (
                <MenuItem id={id} textValue={title} className="menu-item">
                  <span className="menu-title">
                    {title}
                    {checked === true && " ✓"}
                  </span>
                  <span className="meta">{menuOf.get(id)}</span>
                  {shortcut !== undefined && <kbd className="menu-keys">{shortcut}</kbd>}
                </MenuItem>
              )}
            </Menu>
          </div>
        </Autocomplete>
      </div>
    </Dialog>
  );
}
