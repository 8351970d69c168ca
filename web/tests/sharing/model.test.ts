import { expect, test } from "vitest";

import type { Item, Role } from "../../src/net/drive-rest";
import type { Grant } from "../../src/net/sharing-rest";
import { dayOf, expiryOf, today } from "../../src/sharing/model/expiry";
import { above, higher, mayComment, mayEdit, mayShare, roleOf } from "../../src/sharing/model/roles";
import { accessOf, comesFrom } from "../../src/sharing/model/who";

const item: Pick<Item, "owner"> = { owner: { id: "ana", name: "Ana" } };
const course = { id: "f1", name: "Course" };

let made = 0;
const grant = (part: Partial<Grant>): Grant => ({
  id: `g${++made}`,
  kind: "user",
  whom: "ben",
  name: "Ben",
  login: "ben",
  role: "viewer",
  by: { id: "ana", name: "Ana" },
  at: "2026-01-01T00:00:00Z",
  expires_at: null,
  item: null,
  ...part,
});

test.each<[Role, boolean, boolean, boolean]>([
  ["viewer", false, false, false],
  ["commenter", true, false, false],
  ["editor", true, true, false],
  ["owner", true, true, true],
])("%s may comment: %s, edit: %s, share: %s", (role, comment, edit, share) => {
  expect([mayComment(role), mayEdit(role), mayShare(role)]).toEqual([comment, edit, share]);
});

test("what a page may do is a role, and more can be asked for than one has", () => {
  expect(roleOf(["view"], false)).toBe("viewer");
  expect(roleOf(["view", "comment"], false)).toBe("commenter");
  expect(roleOf(["view", "comment", "edit", "run"], false)).toBe("editor");
  expect(roleOf(["view", "edit"], true)).toBe("owner");
  expect(above("commenter")).toEqual(["editor"]);
  expect(above(null)).toEqual(["viewer", "commenter", "editor"]);
  expect(higher("viewer", "editor")).toBe("editor");
});

test("the owner comes first, then people and teams by name, each once with what they have from everywhere", () => {
  const { holders, anyone } = accessOf(
    item,
    [
      grant({ kind: "team", whom: "t1", name: "Oceans", login: "" }),
      grant({ whom: "zoe", name: "Zoe" }),
      grant({ role: "viewer" }),
      grant({ role: "editor", item: course }),
    ],
    "ben",
  );
  expect(holders.map(({ name, role, you }) => [name, role, you])).toEqual([
    ["Ana", "owner", false],
    ["Ben", "editor", true],
    ["Zoe", "viewer", false],
    ["Oceans", "viewer", false],
  ]);
  expect(anyone).toBeNull();
});

test("a role is said to come from a folder only where the item itself gives less", () => {
  const holder = (grants: readonly Grant[]) => accessOf(item, grants, "").holders[1];
  const from = (grants: readonly Grant[]) => {
    const found = holder(grants);
    return found === undefined ? undefined : comesFrom(found);
  };
  expect(from([grant({})])).toBeNull();
  expect(from([grant({ item: course })])).toEqual(course);
  expect(from([grant({ role: "editor" }), grant({ item: course })])).toBeNull();
  expect(from([grant({}), grant({ role: "editor", item: course })])).toEqual(course);
  const highest = holder([grant({ item: { id: "f0", name: "Top" } }), grant({ role: "commenter", item: course })]);
  expect(highest?.above.map(({ role }) => role)).toEqual(["commenter", "viewer"]);
  expect(highest?.own).toBeNull();
});

test("who chose no name is called as they sign in, and who has no account any more not by the id that is left", () => {
  const names = accessOf(item, [grant({ name: "" }), grant({ whom: "x9", name: "", login: "" })], "").holders;
  expect(names.map(({ name }) => name)).toEqual(["Ana", "ben", "Deleted account"]);
});

test("anyone is no holder: the grant on the item, and the highest from above", () => {
  const all = { kind: "anyone", whom: "", name: "", login: "" } as const;
  const found = accessOf(
    item,
    [grant({ ...all }), grant({ ...all, role: "commenter", item: course }), grant({ ...all, item: course })],
    "",
  );
  expect(found.holders).toHaveLength(1);
  expect(found.anyone?.role).toBe("viewer");
  expect(found.anyoneAbove?.role).toBe("commenter");
});

test("a day is kept until it is over, and read as the same day", () => {
  const end = expiryOf("2027-01-31");
  expect(end === null ? null : new Date(end).getHours()).toBe(23);
  expect(dayOf(end)).toBe("2027-01-31");
  expect(expiryOf("")).toBeNull();
  expect(expiryOf("soon")).toBeNull();
  expect(dayOf(null)).toBe("");
  expect(today(new Date(2026, 2, 5, 12).getTime())).toBe("2026-03-05");
});
