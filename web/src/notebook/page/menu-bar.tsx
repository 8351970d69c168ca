/** The menus of the top bar. One is open at a time; the pointer and the arrow keys go from one to the next. */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components/Button";
import { MenuTrigger } from "react-aria-components/Menu";

import { MenuList, type MenuGroups, type MenuItem, MenuPopover } from "../../ui/menu";
import { strings } from "../../words";
import { commands } from "../commands";
import { menus, type Menu, type Submenu } from "../commands/menus";
import { shortcutOf } from "../commands/shortcut";
import { useController } from "../context";
import type { NotebookController } from "../controller";
import { useMenuFocus } from "./menu-focus";

/** A command as an item of a menu, as it stands now. */
export function commandItem(controller: NotebookController, id: string): MenuItem {
  const command = commands.get(id);
  return {
    id,
    title: command.title,
    shortcut: shortcutOf(id, controller.settings.read().shortcuts),
    disabled: !commands.can(id, controller),
    checked: command.checked?.(controller) ?? false,
    run: () => void commands.run(id, controller),
  };
}

function itemsOf(controller: NotebookController, items: readonly (string | Submenu)[]): readonly MenuItem[] {
  return items.map((item) =>
    typeof item === "string"
      ? commandItem(controller, item)
      : { id: item.title, title: item.title, items: item.items.map((id) => commandItem(controller, id)) },
  );
}

export function MenuBar() {
  const [open, setOpen] = useState<string | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  const keys = useMenuFocus(bar);
  useEffect(() => {
    if (open === null) return;
    // The menus are not modal, so that the pointer can go on to the next one: a press elsewhere closes them.
    const close = (event: PointerEvent) => {
      const inside = event.target instanceof Element && event.target.closest(".menu, .menu-bar") !== null;
      if (!inside) setOpen(null);
    };
    document.addEventListener("pointerdown", close, true);
    return () => document.removeEventListener("pointerdown", close, true);
  }, [open]);
  const turn = (by: 1 | -1) => {
    const at = menus.findIndex(({ id }) => id === open);
    setOpen(menus[(at + by + menus.length) % menus.length]?.id ?? null);
  };
  return (
    <div ref={bar} className="menu-bar wide-only" role="group" aria-label={strings.menus.label} onKeyDownCapture={keys}>
      {menus.map((menu) => (
        <OneMenu key={menu.id} menu={menu} open={open} setOpen={setOpen} turn={turn} />
      ))}
    </div>
  );
}

interface OneMenuProps {
  readonly menu: Menu;
  readonly open: string | null;
  readonly setOpen: (id: string | null) => void;
  readonly turn: (by: 1 | -1) => void;
}

function OneMenu({ menu, open, setOpen, turn }: OneMenuProps) {
  return (
    <MenuTrigger isOpen={open === menu.id} onOpenChange={(is) => setOpen(is ? menu.id : null)}>
      <Button
        className="menu-name"
        onHoverStart={() => {
          if (open !== null && open !== menu.id) setOpen(menu.id);
        }}
      >
        {menu.title}
      </Button>
      <MenuPopover placement="bottom start" isNonModal>
        <Opened menu={menu} turn={turn} close={() => setOpen(null)} />
      </MenuPopover>
    </MenuTrigger>
  );
}

/** Made when the menu opens, so that it tells what can be done at that moment. */
function Opened({ menu, turn, close }: Pick<OneMenuProps, "menu" | "turn"> & { readonly close: () => void }) {
  const controller = useController();
  const groups: MenuGroups = menu.groups.map((group) => itemsOf(controller, group));
  const keys = ({ target, currentTarget, key }: KeyboardEvent) => {
    // Keys of a submenu come here too, for it is a child in React though not in the document.
    if (!(target instanceof Element) || !currentTarget.contains(target)) return;
    const opensSubmenu = target.getAttribute("aria-haspopup") !== null;
    if (key === "ArrowRight" && !opensSubmenu) turn(1);
    else if (key === "ArrowLeft") turn(-1);
  };
  return (
    <div onKeyDown={keys}>
      <MenuList label={menu.title} groups={groups} onClose={close} />
    </div>
  );
}
