/** What it means to put items into a folder: whether it can be done, and why not. Pure. */
import type { Item, Role } from "../../net/drive-rest";

export type MoveRefusal = "here" | "itself" | "not-yours" | "other-tree";

/** A folder that something may be put into. */
export interface Target {
  readonly id: string;
  readonly name: string;
  /** Ids of the folders above it. */
  readonly above: readonly string[];
  readonly role: Role;
  /** The person's own tree: what lies in it has no parent. */
  readonly isRoot: boolean;
}

export const mayEdit = (role: Role): boolean => role === "editor" || role === "owner";

/** To take something away changes the folder that it lies in; null: that one is not known here. */
export const mayTakeAway = ({ role, parent }: Item, folder: Role | null): boolean =>
  role === "owner" || (mayEdit(role) && parent !== null && (folder === null || mayEdit(folder)));

const liesIn = (item: Item, { id, isRoot }: Target) =>
  item.parent === id || (isRoot && item.parent === null && item.role === "owner");

/** Null: they can be moved there. */
export function moveRefusal(items: readonly Item[], target: Target): MoveRefusal | null {
  if (!mayEdit(target.role) || items.some((item) => !mayEdit(item.role))) return "not-yours";
  // Whose folder it is put into, theirs it would become: it is copied there, or given away.
  if (items.some(({ role }) => (role === "owner") !== (target.role === "owner"))) return "other-tree";
  const way = new Set([target.id, ...target.above]);
  if (items.some((item) => item.kind === "folder" && way.has(item.id))) return "itself";
  return items.every((item) => liesIn(item, target)) ? "here" : null;
}
