/** How components see the notebook: hooks on the controller and the stores below it. */
import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from "react";
import type * as Y from "yjs";

import type { CellFacts } from "../doc/layout";
import { TextValue } from "../doc/text-value";
import type { CellRun, RunSummary } from "../runs/store";
import type { SessionStatus } from "../session/session";
import type { NotebookController, Selection } from "./controller";

export const ControllerContext = createContext<NotebookController | null>(null);

export function useController(): NotebookController {
  const controller = useContext(ControllerContext);
  if (controller === null) throw new Error("Outside of a notebook page");
  return controller;
}

export function useStatus(): SessionStatus {
  const { session } = useController();
  return useSyncExternalStore(session.subscribe, session.status);
}

/** One part of the status, so that a keystroke does not draw the whole page anew. */
export function useStatusPart<T>(part: (status: SessionStatus) => T): T {
  const { session } = useController();
  return useSyncExternalStore(session.subscribe, () => part(session.status()));
}

export function useSummary(): RunSummary {
  const { session } = useController();
  return useSyncExternalStore(session.runs.subscribe, session.runs.summary);
}

const NONE: readonly string[] = [];
const ignore = () => () => undefined;

export function useOrder(): readonly string[] {
  const book = useStatusPart(({ book }) => book);
  return useSyncExternalStore(book?.subscribeOrder ?? ignore, book?.order ?? (() => NONE));
}

export function useCell(id: string): CellFacts | null {
  const book = useStatusPart(({ book }) => book);
  const subscribe = useCallback((listener: () => void) => book?.subscribeCell(id, listener) ?? ignore(), [book, id]);
  return useSyncExternalStore(subscribe, () => book?.cell(id) ?? null);
}

export function useCellRun(id: string): CellRun {
  const { runs } = useController().session;
  const subscribe = useCallback((listener: () => void) => runs.subscribeCell(id, listener), [runs, id]);
  return useSyncExternalStore(subscribe, () => runs.cell(id));
}

export function useSelection(): Selection {
  const controller = useController();
  return useSyncExternalStore(controller.subscribe, controller.selection);
}

/** "" when another cell is selected, else the mode. */
export function useSelected(id: string): Selection["mode"] | "" {
  const controller = useController();
  return useSyncExternalStore(controller.subscribe, () => {
    const selection = controller.selection();
    return selection.id === id ? selection.mode : "";
  });
}

/** The text of a Y.Text, as it changes. */
export function useText(text: Y.Text): string {
  const value = useMemo(() => new TextValue(text), [text]);
  return useSyncExternalStore(value.subscribe, value.read);
}
