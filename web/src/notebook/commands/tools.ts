/** The Tools and Help menus. */
import { strings } from "../../words";
import { isOpen, type NotebookCommand } from "./command";

const words = strings.commands;

export const toolsCommands: readonly NotebookCommand[] = [
  {
    id: "tools.palette",
    title: words.palette,
    keys: ["Mod+Shift+P", "Esc P"],
    run: ({ shell }) => shell.openDialog("palette"),
    hidden: true,
  },
  {
    id: "tools.menus",
    title: words.menus,
    keys: ["F10"],
    run: ({ shell }) => shell.askMenus(),
    hidden: true,
  },
  { id: "tools.settings", title: words.settings, keys: ["Mod+,"], run: ({ shell }) => shell.openDialog("settings") },
  {
    id: "tools.shortcuts",
    title: words.shortcuts,
    keys: ["Mod+M H", "Esc H"],
    run: ({ shell }) => shell.openDialog("settings", "shortcuts"),
  },
  { id: "help.about", title: words.about, when: isOpen, run: ({ shell }) => shell.openDialog("about") },
];
