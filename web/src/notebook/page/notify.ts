/** Tells by a notification of the browser that a long run is over, when nobody looks at the page. */
import { RunWatch } from "../../runs/away";
import { duration } from "../../ui/format";
import { strings } from "../../words";
import type { NotebookController } from "../controller";
import { goToCell } from "./return";

const words = strings.away;

/** What the browser says of notifications; `missing`: it has none here (plain HTTP from another machine, some phones). */
export type Permission = NotificationPermission | "missing";

export function permission(): Permission {
  return "Notification" in window && window.isSecureContext ? Notification.permission : "missing";
}

/** Only ever after a press of the person. */
export async function askPermission(): Promise<Permission> {
  return permission() === "default" ? Notification.requestPermission() : permission();
}

export function listenToRuns(controller: NotebookController, title: () => string, signal: AbortSignal): void {
  const { runs } = controller.session;
  const watch = new RunWatch();
  const step = () => {
    if (runs.rev === null) return;
    const end = watch.step(runs.executions());
    const { on, afterSeconds } = controller.settings.read().notify;
    if (end === null || !on || permission() !== "granted" || document.visibilityState === "visible") return;
    if (end.ms < afterSeconds * 1000) return;
    const number = controller.order().indexOf(end.execution.cell_id) + 1;
    const failed = end.execution.state !== "ok";
    const body = failed
      ? words.notifyFailed(number, duration(end.ms))
      : words.notifyFinished(end.cells, duration(end.ms));
    show(title(), body, controller, end.execution.cell_id);
  };
  signal.addEventListener("abort", runs.subscribe(step));
  step();
}

function show(title: string, body: string, controller: NotebookController, cell: string): void {
  try {
    // One for each notebook: a later end takes the place of an earlier one.
    const notification = new Notification(title, { body, tag: `noctule-${controller.session.notebook}` });
    notification.onclick = () => {
      window.focus();
      goToCell(controller, cell);
      notification.close();
    };
  } catch {
    // Browsers on some phones have the name and refuse the thing: the tab's title and icon tell it there.
  }
}
