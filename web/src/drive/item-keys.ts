/** The keys of a list of items, as file managers have them: arrows, letters, and the commands' own. */
import { type KeyboardEvent, useRef } from "react";

import { parseChord, strokeOf } from "../commands/keys";
import { isMac } from "../platform";
import { driveCommands } from "./commands";
import { useDrive } from "./context";
import type { Drive } from "./drive-here";
import { isSeeking, NO_SEEK, seek, soughtIn } from "./model/seek";
import { only, step, toggle } from "./model/selection";

interface Keys {
  /** Cards in one line; 1 in the list. */
  readonly columns: number;
  /** Items on one screen. */
  readonly page: () => number;
  readonly showMenu: () => void;
  readonly reveal: (id: string) => void;
}

function stepOf(key: string, columns: number, page: number): number | "first" | "last" | null {
  switch (key) {
    case "ArrowDown":
      return columns;
    case "ArrowUp":
      return -columns;
    case "ArrowRight":
      return columns > 1 ? 1 : null;
    case "ArrowLeft":
      return columns > 1 ? -1 : null;
    case "PageDown":
      return page;
    case "PageUp":
      return -page;
    case "Home":
      return "first";
    case "End":
      return "last";
    default:
      return null;
  }
}

/** The first command with these keys that can be had now. */
export function commandOf(drive: Drive, event: KeyboardEvent | globalThis.KeyboardEvent): string | null {
  const stroke = strokeOf(event);
  const found = driveCommands
    .all()
    .filter(({ keys = [] }) =>
      keys.some((text) => parseChord(text, isMac).some(({ strokes }) => strokes.join(" ") === stroke)),
    );
  return found.find(({ id }) => driveCommands.can(id, drive))?.id ?? null;
}

export function useItemKeys({ columns, page, showMenu, reveal }: Keys) {
  const drive = useDrive();
  const { desk } = drive;
  const letters = useRef(NO_SEEK);

  const move = (event: KeyboardEvent): boolean => {
    const by = event.altKey ? null : stepOf(event.key, columns, page());
    if (by === null) return false;
    const ctrl = isMac ? event.metaKey : event.ctrlKey;
    // A Mac's Command and down opens.
    if (isMac && ctrl) return false;
    const before = desk.selection.read();
    const next = step(before, desk.order, by, { ctrl, shift: event.shiftKey });
    desk.selection.become(next);
    if (by === "last") void toTheEnd(event.shiftKey);
    if (next.focus !== null) reveal(next.focus);
    return true;
  };

  /** The last of all may not be here yet. */
  const toTheEnd = async (shift: boolean) => {
    const listing = desk.listing.read();
    if (listing.read().whole) return;
    await listing.need(Infinity);
    if (desk.listing.read() !== listing) return;
    const next = step(desk.selection.read(), desk.order, "last", { ctrl: false, shift });
    desk.selection.become(next);
    if (next.focus !== null) reveal(next.focus);
  };

  const seekBy = (event: KeyboardEvent): boolean => {
    const now = Date.now();
    const letter = !event.ctrlKey && !event.metaKey && !event.altKey && /^.$/su.test(event.key);
    if (!letter || (event.key === " " && !isSeeking(letters.current, now))) return false;
    letters.current = seek(letters.current, event.key, now);
    const found = soughtIn(desk.items, letters.current, desk.selection.read().focus);
    if (found !== null) {
      desk.selection.become(only(found.id));
      reveal(found.id);
    }
    return true;
  };

  const choose = (event: KeyboardEvent): boolean => {
    const { focus } = desk.selection.read();
    if (event.key !== " " || !(event.ctrlKey || event.metaKey) || focus === null) return false;
    desk.selection.become(toggle(desk.selection.read(), focus));
    return true;
  };

  const menu = (event: KeyboardEvent): boolean => {
    if (event.key !== "ContextMenu" && !(event.key === "F10" && event.shiftKey)) return false;
    showMenu();
    return true;
  };

  const command = (event: KeyboardEvent): boolean => {
    const id = commandOf(drive, event);
    return id !== null && driveCommands.run(id, drive);
  };

  return (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement && event.target.type !== "checkbox") return;
    if (event.target instanceof HTMLButtonElement) return;
    if (menu(event) || choose(event) || seekBy(event) || command(event) || move(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
}
