/** Terminals and files beside the cells: what opens and closes them. */
import { strings } from "../../words";
import type { NotebookController } from "../controller";
import type { NotebookCommand } from "./command";

/** The key that goes to the terminal and away from it; the terminal gives it up (panes/terminal). */
export const TERMINAL_COMMAND = "terminal.open";

const hasRuntime = ({ session }: NotebookController): boolean => session.runs.summary().runtime?.state === "connected";

export const dockCommands: readonly NotebookCommand[] = [
  {
    id: TERMINAL_COMMAND,
    title: strings.terminal.open,
    keys: ["Ctrl+`"],
    when: (controller) => hasRuntime(controller) || controller.dock.read().tabs.some(({ kind }) => kind === "terminal"),
    checked: ({ dock }) => dock.read().open && dock.active?.kind === "terminal",
    run: ({ dock, terminals }) => {
      if (dock.read().open && dock.active?.kind === "terminal") dock.setOpen(false);
      else void terminals.open();
    },
  },
  {
    id: "terminal.new",
    title: strings.terminal.make,
    when: hasRuntime,
    run: ({ terminals }) => void terminals.make(),
  },
  {
    id: "terminal.screenReader",
    title: strings.terminal.screenReader,
    checked: ({ settings }) => settings.read().terminal.screenReader,
    run: ({ settings }) => settings.change({ terminal: { screenReader: !settings.read().terminal.screenReader } }),
  },
  {
    id: "dock.closeTab",
    title: strings.dock.closeTab,
    when: ({ dock }) => dock.active !== null,
    run: ({ dock, shell }) => shell.openDialog("close-tab", dock.active),
  },
  {
    id: "dock.hide",
    title: strings.dock.hide,
    when: ({ dock }) => dock.read().open,
    run: ({ dock }) => dock.setOpen(false),
  },
];
