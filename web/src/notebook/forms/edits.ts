/**
 * What a form does to its cell: one field's literal rewritten, the view chosen, the cell run when the form says so. Plain
 * TypeScript; the source is read anew at each edit, for others type in it too.
 */
import type { NotebookDoc } from "../../doc/notebook-doc";
import type { RunStore } from "../../runs/store";
import { type Field, type Form, isView, readForm, type View } from "./grammar";
import { literalFor } from "./value";

/** After the last change of a form that runs its cell. */
export const AUTO_RUN_MS = 400;

export type Fields = Readonly<Record<string, unknown>>;

/** `cellView` of the cell's metadata; then what the title asks for; then both. */
export function viewOf(meta: Fields, form: Form): View {
  const chosen = meta["cellView"];
  return isView(chosen) ? chosen : (form.title?.view ?? "both");
}

export function setView(book: NotebookDoc, id: string, view: View): void {
  book.setMeta(id, "cellView", view);
}

/** Which of the fields of its name a field is: what stays the same while the source around it changes. */
export interface FieldKey {
  readonly name: string;
  readonly nth: number;
}

export interface KeyedField extends FieldKey {
  readonly field: Field;
}

/** The fields of a form, each with its key. */
export function keyed(form: Form): readonly KeyedField[] {
  const seen = new Map<string, number>();
  return form.rows.flatMap((field) => {
    if (field.t !== "field") return [];
    const nth = seen.get(field.name) ?? 0;
    seen.set(field.name, nth + 1);
    return [{ field, name: field.name, nth }];
  });
}

export type Written = "written" | "same" | "refused";

/** Rewrites the literal of one field; refused when the field is gone or does not take this. */
export function writeField(book: NotebookDoc, id: string, key: FieldKey, text: string): Written {
  const form = readForm(book.cell(id)?.source.toJSON() ?? "");
  const found = form === null ? undefined : keyed(form).find(({ name, nth }) => name === key.name && nth === key.nth);
  const code = found === undefined ? null : literalFor(found.field, text);
  if (found === undefined || code === null) return "refused";
  if (code === found.field.code) return "same";
  book.spliceSource(id, found.field.from, found.field.to, code);
  return "written";
}

/** Whether somebody ran this cell in the kernel that is there now: only then may a form run it by itself. */
export function hasRun(runs: RunStore, id: string): boolean {
  const { kernel } = runs.summary();
  const { current, shown } = runs.cell(id);
  return kernel !== null && [current, shown].some((run) => run !== null && run.epoch === kernel.epoch);
}
