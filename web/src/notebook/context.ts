/** How components see the notebook: hooks on the controller and the stores below it. */
import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from "react";
import type * as Y from "yjs";

import type { CellFacts } from "../doc/layout";
import type { Fields, NotebookDoc } from "../doc/notebook-doc";
import type { Sections } from "../doc/outline-store";
import { TextValue } from "../doc/text-value";
import type { CellRun, RunSummary } from "../runs/store";
import type { Capability } from "../session/rights";
import type { SessionStatus } from "../session/ports";
import type { NotebookController } from "./controller";
import type { DockState } from "./model/dock";
import type { Selected } from "./model/selection";
import type { ShellState } from "./model/shell";

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

/** What somebody is called. */
export function useNameOf(id: string): string {
  const { people } = useController().session;
  return useSyncExternalStore(people.subscribe, () => people.name(id));
}

/** What each of these is called. */
export function useNamesOf(ids: readonly string[]): readonly string[] {
  const { people } = useController().session;
  // A text is the same as long as its names are; no name has a line break.
  return useSyncExternalStore(people.subscribe, () => ids.map((id) => people.name(id)).join("\n"))
    .split("\n")
    .slice(0, ids.length);
}

/** Whether this person may do so here, as it changes. */
export const useMay = (wanted: Capability): boolean => useStatusPart(({ rights }) => rights.may(wanted));

/** The document: what every cell asks for, at the price of nothing while one types. */
export function useBook(): NotebookDoc | null {
  const { session } = useController();
  return useSyncExternalStore(session.subscribeBook, () => session.status().book);
}

/** Whether a run of this cell is on its way to the server. */
export function useSending(id: string): boolean {
  const { session } = useController();
  return useSyncExternalStore(session.subscribeSending, () => session.status().sending.has(id));
}

export function useSummary(): RunSummary {
  const { session } = useController();
  return useSyncExternalStore(session.runs.subscribe, session.runs.summary);
}

const NONE: readonly string[] = [];
const NO_META: Fields = {};
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

/** The cell's metadata. */
export function useCellMeta(id: string): Fields {
  const book = useStatusPart(({ book }) => book);
  const subscribe = useCallback((listener: () => void) => book?.subscribeMeta(id, listener) ?? ignore(), [book, id]);
  return useSyncExternalStore(subscribe, () => book?.meta(id) ?? NO_META);
}

/** The notebook's metadata. */
export function useNotebookMeta(): Fields {
  const book = useStatusPart(({ book }) => book);
  return useSyncExternalStore(book?.subscribeNotebook ?? ignore, book?.notebookMeta ?? (() => NO_META));
}

/** In what the code of this notebook is written, in small letters: as its kernel says, else as its file says. */
export function useCodeLanguage(): string {
  const { kernel } = useSummary();
  const { language_info: info, kernelspec: spec } = useNotebookMeta();
  const told = [kernel?.language, textOf(info, "name"), textOf(spec, "language")];
  return told.find((name) => name !== undefined && name !== "")?.toLowerCase() ?? "python";
}

function textOf(fields: unknown, key: string): string | undefined {
  const value = typeof fields === "object" && fields !== null ? (fields as Fields)[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

export function useCellRun(id: string): CellRun {
  const { runs } = useController().session;
  const subscribe = useCallback((listener: () => void) => runs.subscribeCell(id, listener), [runs, id]);
  return useSyncExternalStore(subscribe, () => runs.cell(id));
}

export function useSelection(): Selected {
  const { selection } = useController();
  return useSyncExternalStore(selection.subscribe, selection.read);
}

/** `also`: selected with others, and not in focus; "": not selected. */
export type SelectedAs = Selected["mode"] | "also" | "";

export function useSelected(id: string): SelectedAs {
  const { selection } = useController();
  return useSyncExternalStore(selection.subscribe, () => {
    const selected = selection.read();
    if (selected.id === id) return selected.mode;
    return selected.ids.has(id) ? "also" : "";
  });
}

export function useShell<T>(part: (state: ShellState) => T): T {
  const { shell } = useController();
  return useSyncExternalStore(shell.subscribe, () => part(shell.read()));
}

/** Of what is open beside the cells. `part` gives a value that stays the same as long as nothing of it changes. */
export function useDock<T>(part: (state: DockState) => T): T {
  const { dock } = useController();
  return useSyncExternalStore(dock.subscribe, () => part(dock.read()));
}

/** The text of a Y.Text, as it changes. */
export function useText(text: Y.Text): string {
  const value = useMemo(() => new TextValue(text), [text]);
  return useSyncExternalStore(value.subscribe, value.read);
}

/** One part of the sections, so that a cell is drawn anew only when its own changes. */
export function useSections<T>(part: (sections: Sections) => T): T {
  const { sections } = useController();
  return useSyncExternalStore(sections.subscribe, () => part(sections.read()));
}
