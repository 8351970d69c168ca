/** One command for each pane: opens it, or closes it when it is open. */
import type { NotebookCommand } from "../commands/command";
import { panes } from "./list";

export const paneCommands: readonly NotebookCommand[] = panes
  .filter(({ command }) => command === undefined)
  .map(({ id, title, keys }) => ({
    id: `pane.${id}`,
    title,
    ...(keys !== undefined && { keys }),
    checked: ({ shell }) => shell.read().pane === id,
    run: ({ shell }) => shell.togglePane(id),
  }));
