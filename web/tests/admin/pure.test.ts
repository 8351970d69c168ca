import { describe, expect, it } from "vitest";

import { aboutAccount, auditQuery, detailText, EVERYTHING } from "../../src/admin/model/audit-filter";
import { findAccounts, sortAccounts } from "../../src/admin/model/find";
import { suggestPassword } from "../../src/admin/model/password";
import { parseSize, writeSize } from "../../src/admin/model/quota";
import { isTight, sharesOf } from "../../src/admin/model/storage";
import type { Account } from "../../src/net/admin-rest";

function account(login: string, more: Partial<Account> = {}): Account {
  return {
    id: `id-${login}`,
    login,
    shown: login,
    email: null,
    admin: false,
    disabled: false,
    quota: null,
    plan: "standard",
    has_password: true,
    created_at: "2026-01-01T00:00:00Z",
    visited_at: "2026-01-02T00:00:00Z",
    ...more,
  };
}

const PEOPLE = [
  account("ada", { shown: "Ada Lovelace", email: "ada@example.org", admin: true }),
  account("person10", { shown: "Zoë 10", disabled: true }),
  account("person9", { shown: "Zoë 9", visited_at: null }),
];
const logins = (accounts: readonly Account[]) => accounts.map(({ login }) => login);

describe("finding accounts", () => {
  it.each([
    ["", ["ada", "person10", "person9"]],
    ["LOVE", ["ada"]],
    ["example.org ada", ["ada"]],
    ["zoe", ["person10", "person9"]],
    ["zoë 9", ["person9"]],
    ["ada zoe", []],
  ])("by %j", (words, found) => expect(logins(findAccounts(PEOPLE, words, "all"))).toEqual(found));

  it("by what they are", () => {
    expect(logins(findAccounts(PEOPLE, "", "admins"))).toEqual(["ada"]);
    expect(logins(findAccounts(PEOPLE, "", "disabled"))).toEqual(["person10"]);
    expect(logins(findAccounts(PEOPLE, "", "never"))).toEqual(["person9"]);
    expect(logins(findAccounts(PEOPLE, "ada", "disabled"))).toEqual([]);
  });

  it("sorts as people do", () => {
    expect(logins(sortAccounts(PEOPLE, "en"))).toEqual(["ada", "person9", "person10"]);
  });
});

describe("sizes as people write them", () => {
  it.each([
    ["", null],
    ["  ", null],
    ["0", 0],
    ["500", 500],
    ["1 KB", 1024],
    ["1,5 gb", 1.5 * 2 ** 30],
    ["20GiB", 20 * 2 ** 30],
    ["2T", 2 * 2 ** 40],
  ])("%j is %j", (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(["many", "-1", "1e9", "1 XB", "1 2", "99999999 TB"])("%j is none", (text) =>
    expect(parseSize(text)).toBeNaN(),
  );

  it.each([0, 1, 1023, 1024, 1500, 2 ** 20, 1.5 * 2 ** 30, 20 * 2 ** 30, 2 ** 40 + 1, 123_456_789])(
    "%d comes back as it was",
    (bytes) => expect(parseSize(writeSize(bytes))).toBe(bytes),
  );
  it("no bound is nothing", () => expect(writeSize(null)).toBe(""));
});

describe("the filter of the audit log", () => {
  it("asks for nothing when nothing is wanted", () => expect(auditQuery(EVERYTHING).toString()).toBe(""));

  it("takes whole days, where the person is", () => {
    const query = auditQuery({ who: "a b", what: "token", from: "2026-11-21", to: "2026-11-22" });
    expect([...query.keys()]).toEqual(["who", "what", "from", "to"]);
    const [from, to] = [new Date(query.get("from") ?? ""), new Date(query.get("to") ?? "")];
    expect([from.getDate(), from.getHours(), to.getDate(), to.getHours()]).toEqual([21, 0, 23, 0]);
  });

  it("a day that is none is no condition", () => {
    expect(auditQuery({ ...EVERYTHING, from: "soon", to: "2026-1-1" }).toString()).toBe("");
  });

  it("knows whom something was done to, when that is somebody else", () => {
    expect(aboutAccount({ what: "account-disabled", who: "root", about: "ana" })).toBe("ana");
    expect(aboutAccount({ what: "account-changed", who: "ana", about: "ana" })).toBe("");
    expect(aboutAccount({ what: "team-made", who: "root", about: "t1" })).toBe("");
  });

  it("says the detail in words", () => {
    expect(detailText({ how: "password", admin: true, no: false, email: null, scopes: ["edit", "view"] })).toBe(
      "how: password, admin, scopes: edit view",
    );
    expect(detailText({ count: 3, deep: { a: 1 } })).toBe('count: 3, deep: {"a":1}');
  });
});

describe("storage", () => {
  const person = (login: string) => ({ id: login, login, shown: login });
  const rows = [
    { account: person("small"), used: 10, binned: 4, revisions: 0, quota: 5 },
    { account: person("large"), used: 50, binned: 0, revisions: 50, quota: null },
    { account: person("none"), used: 0, binned: 0, revisions: 0, quota: 0 },
  ];
  it("has the largest first, and its part of that", () => {
    const shares = sharesOf(rows);
    expect(shares.map(({ storage, total, part, over }) => [storage.account.login, total, part, over])).toEqual([
      ["large", 100, 1, false],
      ["small", 10, 0.1, true],
      ["none", 0, 0, false],
    ]);
    expect(sharesOf([])).toEqual([]);
  });
  it("is tight below a tenth", () => {
    expect(isTight({ total: 100, free: 9 })).toBe(true);
    expect(isTight({ total: 100, free: 10 })).toBe(false);
    expect(isTight({ total: 0, free: 0 })).toBe(false);
  });
});

it("a password to be read aloud is long enough, and of what chance gave", () => {
  const password = suggestPassword((bytes) => bytes.forEach((_, at) => (bytes[at] = at * 13)));
  expect(password).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
  expect(suggestPassword((bytes) => bytes.fill(0))).toBe("aaaaa-aaaaa-aaaaa-aaaaa");
});
