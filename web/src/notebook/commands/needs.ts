/**
 * What a person must be allowed to do for each command (docs/drive.md, Who may what). One table; a command that is not in it
 * changes nothing that others see: who may not edit folds and hides for themselves (doc/notebook-doc.ts).
 */
import type { Capability } from "../../session/rights";

const EDIT: readonly string[] = [
  ...["file.insert", "file.rename", "file.delete", "file.pinRevision", "file.revisions"],
  ...["edit.undo", "edit.redo", "edit.cut", "edit.paste", "edit.pasteAbove", "edit.clearCell", "edit.clearAll"],
  ...["edit.comment", "notebook.metadata", "pane.executed"],
];
const RUN: readonly string[] = ["section.run", "pane.files", "pane.runtime", "pane.variables"];
const COMMENT: readonly string[] = ["comment.add", "pane.comments"];
/** All whose id begins so. */
const GROUPS: readonly (readonly [string, Capability])[] = [
  ["insert.", "edit"],
  ["cell.", "edit"],
  ["text.", "edit"],
  ["run.", "run"],
  ["kernel.", "run"],
  ["runtime.", "run"],
  ["terminal.", "run"],
];
/** Of the groups, what anyone may. */
const FREE: ReadonlySet<string> = new Set(["cell.link", "text.preview", "terminal.screenReader"]);

const table: ReadonlyMap<string, Capability> = new Map([
  ...EDIT.map((id) => [id, "edit"] as const),
  ...RUN.map((id) => [id, "run"] as const),
  ...COMMENT.map((id) => [id, "comment"] as const),
]);

/** Ids that are named one by one; a test holds them to be commands. */
export const NAMED: readonly string[] = [...table.keys(), ...FREE];

/** Null: whoever sees the notebook may. */
export function needOf(id: string): Capability | null {
  if (FREE.has(id)) return null;
  return table.get(id) ?? GROUPS.find(([start]) => id.startsWith(start))?.[1] ?? null;
}
