/** Notebooks that are dropped onto the page: it asks what to do with them. Whatever has its own use for a file comes first. */
import type { NotebookController } from "../controller";

const NAMES = /\.(?:ipynb|py)$/i;
/** A pane takes files for itself (those of the runtime), a dialog too. */
const OTHERS = ".pane, [role=dialog]";

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes("Files") ?? false;

export function listenToDrops(controller: NotebookController, signal: AbortSignal): void {
  const mine = (event: DragEvent) =>
    hasFiles(event) &&
    !event.defaultPrevented &&
    !(event.target instanceof Element && event.target.closest(OTHERS) !== null);
  const over = (event: DragEvent) => {
    if (mine(event)) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    if (!mine(event)) return;
    // Else the browser goes to the file, and away from the notebook.
    event.preventDefault();
    const file = [...(event.dataTransfer?.files ?? [])].find(({ name }) => NAMES.test(name));
    if (file !== undefined) controller.shell.openDialog("dropped", file);
  };
  document.addEventListener("dragover", over, { signal });
  document.addEventListener("drop", drop, { signal });
}
