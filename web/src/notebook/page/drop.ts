/** Notebooks that are dropped onto the page: it asks what to do with them. Whatever has its own use for a file comes first. */
import { strings } from "../../words";
import type { NotebookController } from "../controller";

const NAMES = /\.(?:ipynb|py)$/i;
/** What takes files for itself (those of the runtime), or none. */
const OTHERS = ".pane, .dock, [role=dialog]";
const FIELD = "input[type=file]";

const isIn = ({ target }: DragEvent, selector: string): boolean =>
  target instanceof Element && target.closest(selector) !== null;

/** A file that nobody else takes: left to the browser, it would go to that file, and away from the notebook. */
const isFree = (event: DragEvent): boolean =>
  (event.dataTransfer?.types.includes("Files") ?? false) && !event.defaultPrevented && !isIn(event, FIELD);

/** `over`: a file is held over what would take it, or is not any more. */
export function listenToDrops(controller: NotebookController, over: (is: boolean) => void, signal: AbortSignal): void {
  const move = (event: DragEvent) => {
    const free = isFree(event);
    const mine = free && !isIn(event, OTHERS);
    over(mine);
    if (free) event.preventDefault();
    if (free && !mine && event.dataTransfer !== null) event.dataTransfer.dropEffect = "none";
  };
  const leave = ({ relatedTarget }: DragEvent) => {
    // Without one it has left the window, or was given up.
    if (relatedTarget === null) over(false);
  };
  const drop = (event: DragEvent) => {
    over(false);
    if (!isFree(event)) return;
    event.preventDefault();
    if (isIn(event, OTHERS)) return;
    const files = [...(event.dataTransfer?.files ?? [])];
    const file = files.find(({ name }) => NAMES.test(name));
    if (file !== undefined) controller.shell.openDialog("dropped", file);
    else if (files[0] !== undefined) controller.toasts.say(strings.files.noCells(files[0].name), null, true);
  };
  document.addEventListener("dragover", move, { signal });
  document.addEventListener("dragleave", leave, { signal });
  document.addEventListener("drop", drop, { signal });
}
