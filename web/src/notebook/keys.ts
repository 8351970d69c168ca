/** Command mode: the keys of a selected cell, as in Jupyter. Pure lookup; the page calls it with each key. */
import type { NotebookController } from "./controller";

/** Between the two presses of `d d`. */
const CHORD_MS = 800;

export class CommandKeys {
  private readonly controller: NotebookController;
  private firstD = -CHORD_MS;

  constructor(controller: NotebookController) {
    this.controller = controller;
  }

  /** True when the key meant something. */
  press(event: KeyboardEvent): boolean {
    const { controller } = this;
    const { id } = controller.selection();
    if (event.key === "Enter") return id !== null && this.enter(event, id);
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "ArrowUp" || event.key === "k") return controller.step(-1);
    if (event.key === "ArrowDown" || event.key === "j") return controller.step(1);
    if (event.key === "a" || event.key === "b") return this.insert(event.key === "a" ? "above" : "below");
    if (event.key === "z") return this.undo();
    return id !== null && this.onCell(event, id);
  }

  private enter(event: KeyboardEvent, id: string): boolean {
    if (event.ctrlKey || event.metaKey) this.controller.run(id, "stay");
    else if (event.shiftKey) this.controller.run(id, "next");
    else if (event.altKey) this.controller.run(id, "insert");
    else this.controller.select(id, "edit");
    return true;
  }

  private insert(side: "above" | "below"): boolean {
    this.controller.insertBeside("code", side);
    return true;
  }

  private undo(): boolean {
    this.controller.undoStructure();
    return true;
  }

  private onCell(event: KeyboardEvent, id: string): boolean {
    switch (event.key) {
      case "m":
        this.controller.setType(id, "markdown");
        return true;
      case "y":
        this.controller.setType(id, "code");
        return true;
      case "r":
        this.controller.setType(id, "raw");
        return true;
      case "d":
        return this.pressD(event.timeStamp, id);
      default:
        return false;
    }
  }

  private pressD(at: number, id: string): boolean {
    const second = at - this.firstD < CHORD_MS;
    this.firstD = second ? -CHORD_MS : at;
    if (second) this.controller.delete(id);
    return true;
  }
}

/** Keys belong to a field, an editor, a button or a dialog when the focus is in one. */
export function keysBelongElsewhere(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("input, textarea, select, [contenteditable=true], dialog, [popover]") !== null) return true;
  return (key === "Enter" || key === " ") && target.closest("button, a, summary") !== null;
}
