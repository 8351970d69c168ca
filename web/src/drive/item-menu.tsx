/** The menu of the chosen items, at the pointer or at the item; without any, that of the folder. */
import {
  Copy,
  CopyPlus,
  Download,
  Eye,
  ExternalLink,
  FolderInput,
  FolderPlus,
  FolderOpen,
  Info,
  type LucideIcon,
  Pencil,
  RotateCcw,
  Scissors,
  Star,
  StarOff,
  Clipboard,
  Trash2,
  LogOut,
  UserPlus,
} from "lucide-react";
import { useRef } from "react";

import { showChord } from "../commands/keys";
import { isMac } from "../platform";
import { type MenuGroups, type MenuItem, MenuList, MenuPopover } from "../ui/menu";
import { strings } from "../words";
import { driveCommands } from "./commands";
import { useDrive } from "./context";
import type { Drive } from "./drive-here";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  "drive.open": FolderOpen,
  "drive.openTab": ExternalLink,
  "drive.preview": Eye,
  "drive.share": UserPlus,
  "drive.leave": LogOut,
  "drive.rename": Pencil,
  "drive.move": FolderInput,
  "drive.copyTo": FolderInput,
  "drive.duplicate": CopyPlus,
  "drive.cut": Scissors,
  "drive.copy": Copy,
  "drive.paste": Clipboard,
  "drive.star": Star,
  "drive.unstar": StarOff,
  "drive.download": Download,
  "drive.details": Info,
  "drive.bin": Trash2,
  "drive.forever": Trash2,
  "drive.emptyBin": Trash2,
  "drive.restore": RotateCcw,
  "drive.newFolder": FolderPlus,
};
const DANGER: ReadonlySet<string> = new Set(["drive.forever", "drive.emptyBin"]);

const GROUPS = [
  ["drive.open", "drive.openTab", "drive.preview", "drive.restore"],
  ["drive.share", "drive.rename", "drive.star", "drive.unstar", "drive.move", "drive.copyTo", "drive.duplicate"],
  ["drive.cut", "drive.copy", "drive.paste"],
  ["drive.download", "drive.details"],
  ["drive.leave", "drive.bin", "drive.forever"],
] as const;
const HERE = [["drive.newFolder", "drive.paste"], ["drive.all"], ["drive.emptyBin"]] as const;

export const iconOf = (id: string): LucideIcon | undefined => ICONS[id];

export function commandItem(drive: Drive, id: string): MenuItem {
  const { title, keys } = driveCommands.get(id);
  const icon = ICONS[id];
  return {
    id,
    title,
    ...(icon !== undefined && { icon }),
    ...(keys?.[0] !== undefined && { shortcut: showChord(keys[0], isMac) }),
    danger: DANGER.has(id),
    run: () => void driveCommands.run(id, drive),
  };
}

/** What can be done now; the rest is left out. */
export function groupsOf(drive: Drive, ids: readonly (readonly string[])[]): MenuGroups {
  return ids.map((group) => group.filter((id) => driveCommands.can(id, drive)).map((id) => commandItem(drive, id)));
}

export const itemGroups = (drive: Drive): MenuGroups =>
  groupsOf(drive, drive.desk.selection.read().chosen.size > 0 ? GROUPS : HERE);

export interface MenuPlace {
  readonly x: number;
  readonly y: number;
}

export function ItemMenu({ place, onClose }: { readonly place: MenuPlace; readonly onClose: () => void }) {
  const drive = useDrive();
  const anchor = useRef<HTMLSpanElement>(null);
  const { chosen } = drive.desk;
  const label = chosen[0] === undefined ? strings.drive.actionsHere : strings.drive.actions(chosen[0].name);
  return (
    <>
      <span ref={anchor} className="menu-place" style={{ left: place.x, top: place.y }} />
      <MenuPopover
        triggerRef={anchor}
        isOpen
        onOpenChange={(open) => !open && onClose()}
        placement="bottom start"
        aria-label={label}
      >
        <MenuList label={label} groups={itemGroups(drive)} onClose={onClose} />
      </MenuPopover>
    </>
  );
}
