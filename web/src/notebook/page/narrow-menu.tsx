/** The menus on a narrow page: one button, and one menu in which each of them opens in place of the list of all. */
import { Menu as MenuIcon } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "react-aria-components/Button";
import { MenuTrigger } from "react-aria-components/Menu";

import { type MenuGroups, type MenuItem, MenuList, MenuPopover } from "../../ui/menu";
import { strings } from "../../words";
import { type Menu, menus, type Submenu } from "../commands/menus";
import { useController } from "../context";
import type { NotebookController } from "../controller";
import { commandItem } from "./menu-bar";
import { useMenuFocus } from "./menu-focus";

/** What one has opened: nothing, a menu, a submenu of it. */
interface Place {
  readonly menu: Menu | null;
  readonly submenu: Submenu | null;
}

const TOP: Place = { menu: null, submenu: null };

function groupsAt(controller: NotebookController, { menu, submenu }: Place, go: (place: Place) => void): MenuGroups {
  if (menu === null) {
    const all = menus.map((one) => leading(one.title, () => go({ menu: one, submenu: null })));
    return [[commandItem(controller, "tools.palette")], all];
  }
  const item = (one: string | Submenu) =>
    typeof one === "string" ? commandItem(controller, one) : leading(one.title, () => go({ menu, submenu: one }));
  if (submenu === null) return [[back(menu.title, () => go(TOP))], ...menu.groups.map((group) => group.map(item))];
  return [[back(submenu.title, () => go({ menu, submenu: null }))], submenu.items.map(item)];
}

const leading = (title: string, run: () => void): MenuItem => ({ id: title, title, leads: "in", run });
const back = (title: string, run: () => void): MenuItem => ({
  id: "back",
  title: strings.menus.backFrom(title),
  leads: "out",
  run,
});

export function NarrowMenu() {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLSpanElement>(null);
  const keys = useMenuFocus(place);
  return (
    <span ref={place} className="narrow-only" onKeyDownCapture={keys}>
      <MenuTrigger isOpen={open} onOpenChange={setOpen}>
        <Button className="button icon" aria-label={strings.menus.all}>
          <MenuIcon aria-hidden />
        </Button>
        <MenuPopover placement="bottom end" className="narrow-menu">
          <Levels close={() => setOpen(false)} />
        </MenuPopover>
      </MenuTrigger>
    </span>
  );
}

/** Made when the menu opens: it begins with all menus, and tells what can be done at that moment. */
function Levels({ close }: { readonly close: () => void }) {
  const controller = useController();
  const [place, go] = useState(TOP);
  const title = (place.submenu ?? place.menu)?.title ?? strings.menus.label;
  return <MenuList key={title} label={title} groups={groupsAt(controller, place, go)} onClose={close} />;
}
