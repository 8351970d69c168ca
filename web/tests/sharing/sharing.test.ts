import { beforeEach, expect, test } from "vitest";

import { type Me, ProblemError } from "../../src/net/rest";
import type { Grant, Grants, NewGrant } from "../../src/net/sharing-rest";
import { SharingRest } from "../../src/net/sharing-rest";
import { Sharing } from "../../src/sharing/model/sharing";
import type { Role } from "../../src/net/drive-rest";
import { item } from "../support/drive-item";

const PROBLEM = { code: "no", title: "No.", detail: "", status: 409 };

let log: string[];
let refuses: string | null;
let role: Role;
let mode: Me["mode"];
let told: number;

const answer = (what: string) => {
  log.push(what);
  return refuses === what ? Promise.reject(new ProblemError(PROBLEM)) : Promise.resolve();
};

class FakeRest extends SharingRest {
  override grants(): Promise<Grants> {
    return answer("grants").then(() => ({ grants: [], requests: [] }));
  }
  override grant(_item: string, { kind, whom, role: given }: NewGrant): Promise<Grant> {
    return answer(`grant ${kind} ${whom} ${given}`) as Promise<never>;
  }
  override revoke(_item: string, id: string): Promise<void> {
    return answer(`revoke ${id}`);
  }
}

const make = () =>
  new Sharing("i1", {
    api: new FakeRest(undefined as never),
    me: () =>
      Promise.resolve({
        id: "ana",
        user: "ana",
        login: "ana",
        shown: "Ana",
        email: null,
        mode,
        admin: false,
        version: "",
        widget_cdn: false,
        has_password: true,
        providers: [],
      }),
    item: () => Promise.resolve({ item: item("i1", { role }) }),
    leave: () => answer("leave"),
    changed: () => (told += 1),
  });

beforeEach(() => {
  [log, refuses, role, mode, told] = [[], null, "owner", "team", 0];
});

test.each<[Role, boolean]>([
  ["viewer", false],
  ["commenter", false],
  ["editor", true],
  ["owner", true],
])("a %s asks who else has it: %s", async (mine, asks) => {
  role = mine;
  const sharing = make();
  await sharing.load();
  expect(log.includes("grants")).toBe(asks);
  expect(sharing.read().access !== null).toBe(asks);
});

test("where there is one user there is nobody to ask about", async () => {
  mode = "personal";
  const sharing = make();
  await sharing.load();
  expect(log).toEqual([]);
});

test("several are given a role one by one, and who has it is read again", async () => {
  const sharing = make();
  await sharing.load();
  const choices = ["b", "c"].map((id) => ({ kind: "user" as const, id, name: id, login: id }));
  expect(await sharing.give(choices, "editor", null)).toBe(true);
  expect(log).toEqual(["grants", "grant user b editor", "grant user c editor", "grants"]);
  expect(told).toBe(1);
});

test("what is refused half way is said, and what was done is read again", async () => {
  refuses = "grant user b viewer";
  const sharing = make();
  await sharing.load();
  expect(await sharing.give([{ kind: "user", id: "b", name: "b", login: "b" }], "viewer", null)).toBe(false);
  expect(sharing.read()).toMatchObject({ problem: PROBLEM, busy: false });
  expect(log.at(-1)).toBe("grants");
});

test("the link is opened to all by a grant, and closed by taking that one away", async () => {
  const sharing = make();
  await sharing.setAnyone(null, "viewer");
  await sharing.setAnyone({ id: "g9" } as Grant, null);
  expect(log.filter((line) => line !== "grants")).toEqual(["grant anyone  viewer", "revoke g9"]);
});

test("who leaves is told of elsewhere; a refusal keeps them", async () => {
  const sharing = make();
  refuses = "leave";
  expect(await sharing.leave()).toBe(false);
  expect(sharing.read()).toMatchObject({ left: false, problem: PROBLEM });
  refuses = null;
  expect(await sharing.leave()).toBe(true);
  expect(sharing.read().left).toBe(true);
});
