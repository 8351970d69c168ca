/** What a role may do with an item (docs/drive.md, Who may what). Pure. */
import type { Role } from "../../net/drive-rest";

const RANK: Readonly<Record<Role, number>> = { viewer: 0, commenter: 1, editor: 2, owner: 3 };

const atLeast =
  (least: Role) =>
  (role: Role): boolean =>
    RANK[role] >= RANK[least];

export const mayComment = atLeast("commenter");
/** Rename, make in it, upload into it; see who else has it. */
export const mayEdit = atLeast("editor");
/** Give roles, answer requests, give it away. */
export const mayShare = atLeast("owner");

/** The role that capabilities of a socket stand for. `owner` is the id of the owner, `user` one's own. */
export function roleOf(capabilities: readonly string[], owned: boolean): Role {
  if (owned) return "owner";
  if (capabilities.includes("edit")) return "editor";
  return capabilities.includes("comment") ? "commenter" : "viewer";
}

/** The higher of two. */
export const higher = (one: Role, other: Role): Role => (RANK[one] >= RANK[other] ? one : other);

/** Roles above this one that can be asked for. */
export const above = (role: Role | null): readonly Exclude<Role, "owner">[] =>
  (["viewer", "commenter", "editor"] as const).filter((one) => role === null || RANK[one] > RANK[role]);
