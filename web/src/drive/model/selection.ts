/**
 * Which items are chosen, and which one has the keys, as file managers have it: a press chooses one, Ctrl adds, Shift
 * reaches from the anchor. Pure; the order of the items is an argument.
 */

export interface Selection {
  readonly chosen: ReadonlySet<string>;
  /** Where the keys act. */
  readonly focus: string | null;
  /** Where a range begins. */
  readonly anchor: string | null;
}

export const NOTHING: Selection = { chosen: new Set(), focus: null, anchor: null };

export const only = (id: string): Selection => ({ chosen: new Set([id]), focus: id, anchor: id });

export const several = (ids: readonly string[]): Selection => ({
  chosen: new Set(ids),
  focus: ids[0] ?? null,
  anchor: ids[0] ?? null,
});

export function toggle({ chosen }: Selection, id: string): Selection {
  const next = new Set(chosen);
  if (!next.delete(id)) next.add(id);
  return { chosen: next, focus: id, anchor: id };
}

/** From the anchor to here; `more` keeps what was chosen elsewhere. */
export function reach(selection: Selection, order: readonly string[], id: string, more = false): Selection {
  const { chosen, anchor, focus } = selection;
  const from = order.indexOf(anchor ?? focus ?? id);
  const to = order.indexOf(id);
  if (from === -1 || to === -1) return only(id);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { chosen: new Set(more ? [...chosen, ...range] : range), focus: id, anchor: order[from] ?? id };
}

export interface Held {
  readonly ctrl: boolean;
  readonly shift: boolean;
}

export function press(selection: Selection, order: readonly string[], id: string, { ctrl, shift }: Held): Selection {
  if (shift) return reach(selection, order, id, ctrl);
  return ctrl ? toggle(selection, id) : only(id);
}

/** By keys: so many items on or back, or to an end. Ctrl moves the keys alone, Shift takes all on the way. */
export function step(
  selection: Selection,
  order: readonly string[],
  by: number | "first" | "last",
  { ctrl, shift }: Held,
): Selection {
  if (order.length === 0) return selection;
  const last = order.length - 1;
  const at = selection.focus === null ? -1 : order.indexOf(selection.focus);
  const wanted = by === "first" ? 0 : by === "last" ? last : at === -1 ? (by > 0 ? 0 : last) : at + by;
  const id = order[Math.min(last, Math.max(0, wanted))] ?? "";
  if (shift) return reach(selection, order, id, ctrl);
  return ctrl ? { ...selection, focus: id } : only(id);
}

export const everything = (selection: Selection, order: readonly string[]): Selection => ({
  chosen: new Set(order),
  focus: selection.focus ?? order[0] ?? null,
  anchor: selection.anchor ?? order[0] ?? null,
});

export const none = ({ focus }: Selection): Selection => ({ chosen: new Set(), focus, anchor: focus });

/** After items have gone: the keys are with the nearest one that stays. */
export function keep(selection: Selection, before: readonly string[], after: readonly string[]): Selection {
  const there = new Set(after);
  const gone = (id: string | null) => id !== null && !there.has(id);
  if (![...selection.chosen].some(gone) && !gone(selection.focus)) return selection;
  const chosen = new Set([...selection.chosen].filter((id) => there.has(id)));
  if (!gone(selection.focus)) return { ...selection, chosen };
  const at = before.indexOf(selection.focus ?? "");
  const next = before.slice(at + 1).find((id) => there.has(id));
  const focus = next ?? before.slice(0, Math.max(0, at)).findLast((id) => there.has(id)) ?? null;
  // With what was chosen gone, the next one takes its place, so that Delete can be pressed again.
  if (chosen.size === 0 && focus !== null && selection.chosen.size > 0) return only(focus);
  return { chosen, focus, anchor: focus };
}
