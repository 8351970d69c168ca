/** Terminals and files beside the cells: what opens and closes them. */
import { strings } from "../../words";
import type { NotebookController } from "../controller";
import type { Dock } from "../model/dock";
import type { NotebookCommand } from "./command";

/** The key that goes to the terminal and away from it; the terminal gives it up (panes/terminal). */
export const TERMINAL_COMMAND = "terminal.open";

const hasRuntime = ({ session }: NotebookController): boolean => session.runs.summary().runtime?.state === "connected";

const showsTerminal = (dock: Dock): boolean => dock.read().open && dock.active?.kind === "terminal";

function sayWhatItNeeds({ running, toasts }: NotebookController): void {
  toasts.say(strings.terminal.needsRuntime, { label: strings.terminal.connect, run: () => running.connect() });
}

export const dockCommands: readonly NotebookCommand[] = [
  {
    id: TERMINAL_COMMAND,
    title: strings.terminal.open,
    keys: ["Ctrl+`"],
    checked: ({ dock }) => showsTerminal(dock),
    run: (controller) => {
      const { dock, terminals } = controller;
      if (showsTerminal(dock)) dock.setOpen(false);
      else if (hasRuntime(controller) || dock.read().tabs.some(({ kind }) => kind === "terminal"))
        void terminals.open();
      else sayWhatItNeeds(controller);
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
