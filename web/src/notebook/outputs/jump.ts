/** Goes to the place that a traceback names: a line of a cell, also when the cell has changed since, and says so. */
import type { ExecutionView } from "../../wire/types";
import { strings } from "../../words";
import { sha256 } from "../cells/changed";
import type { NotebookController } from "../controller";
import { copyText } from "./copy";
import { defines } from "./explain";
import { compiledHash } from "./murmur";
import type { Where } from "./traceback";

const words = strings.traceback;

export async function jump(controller: NotebookController, where: Where): Promise<void> {
  switch (where.t) {
    case "file":
      return copyText(controller.toasts, `${where.path}:${where.line}`, words.pathCopied);
    case "compiled": {
      const cell = cellCompiledAs(controller, where.hash);
      if (cell === null) controller.toasts.say(words.changedOrGone);
      else goToLine(controller, cell, where.line);
      return;
    }
    case "cell": {
      const execution = controller.session.runs.executionNumbered(where.count);
      const cell = execution === null ? null : (controller.book?.cell(execution.cell_id) ?? null);
      if (execution === null || cell === null) {
        controller.toasts.say(words.gone(where.count));
        return;
      }
      goToLine(controller, cell.id, where.line);
      if (hasChanged(cell.source.toJSON(), execution)) controller.toasts.say(words.changed(where.count));
    }
  }
}

function hasChanged(source: string, { source_hash }: ExecutionView): boolean {
  return source_hash !== "" && sha256(source) !== source_hash;
}

function cellCompiledAs(controller: NotebookController, hash: number): string | null {
  const { book } = controller;
  return controller.order().find((id) => compiledHash(book?.cell(id)?.source.toJSON() ?? "") === hash) ?? null;
}

/** Frames that an editor may take to come, after its cell was scrolled to. */
const MOST_FRAMES = 120;

function goToLine(controller: NotebookController, cell: string, line: number): void {
  controller.selection.select(cell, "edit");
  let frames = 0;
  const go = () => {
    const editor = controller.editor.of(cell);
    if (editor !== null) editor.goTo(line, 1);
    else if ((frames += 1) < MOST_FRAMES) requestAnimationFrame(go);
  };
  requestAnimationFrame(go);
}

/** The cell that would define the name and has not run in this kernel, nearest above first; null when there is none. */
export function definingCell(controller: NotebookController, from: string, name: string): string | null {
  const { book, session } = controller;
  const order = controller.order();
  const at = order.indexOf(from);
  const nearest = [...order.slice(0, Math.max(0, at)).reverse(), ...order.slice(at + 1)];
  const epoch = session.runs.summary().kernel?.epoch ?? null;
  const lacks = (id: string) => {
    const run = session.runs.cell(id).current;
    return run?.state !== "ok" || run.epoch !== epoch;
  };
  const isIt = (id: string) => {
    const cell = book?.cell(id);
    return cell?.type === "code" && lacks(id) && defines(cell.source.toJSON(), name);
  };
  return nearest.find(isIt) ?? null;
}
