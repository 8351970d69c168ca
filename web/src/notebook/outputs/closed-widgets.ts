/**
 * Widgets that their kernel closed by itself (a progress bar with `leave=False`): nothing is shown of them any more.
 *
 * Models of what ran here are known as long as they are; so one that is not was closed. Outputs that came with a file have no
 * such memory: there a model that is missing was not kept, which their frame says.
 */
import { useCallback, useMemo, useSyncExternalStore } from "react";

import type { RunStore } from "../../runs/store";
import type { CellOutputs, Output } from "../../wire/types";
import { WIDGET_VIEW } from "./plan";

/** The model that an output shows; null when it is no widget. */
export function modelOf(output: Output): string | null {
  const view = output.t === "display" ? output.data[WIDGET_VIEW] : undefined;
  if (view?.t !== "inline" || typeof view.value !== "object" || view.value === null) return null;
  const { model_id: id } = view.value as { readonly model_id?: unknown };
  return typeof id === "string" ? id : null;
}

/** The outputs without those whose widget was closed; the same array when there is none. */
export function openOutputs(cell: CellOutputs, closed: ReadonlySet<string>): readonly Output[] {
  return closed.size === 0 ? cell.outputs : cell.outputs.filter((output) => !closed.has(modelOf(output) ?? ""));
}

export function useOpenOutputs(cell: CellOutputs, runs: RunStore): readonly Output[] {
  const models = useMemo(() => {
    const ran = cell.execution_id !== null;
    return ran ? cell.outputs.map(modelOf).filter((id) => id !== null) : [];
  }, [cell]);
  const subscribe = useCallback(
    (listener: () => void) => (models.length === 0 ? () => undefined : runs.subscribeOps(listener)),
    [models, runs],
  );
  const closed = useSyncExternalStore(subscribe, () => models.filter((id) => runs.widget(id) === null).join("\n"));
  return useMemo(() => openOutputs(cell, new Set(closed === "" ? [] : closed.split("\n"))), [cell, closed]);
}
