import { describe, expect, it } from "vitest";

import { doorAt, invitationAt } from "../../src/door/model/door-at";
import { doorAddress, nextPath } from "../../src/door/model/next-path";
import { pageAt } from "../../src/pages";

const ORIGIN = "https://noctule.example.org";

describe("where one goes after the door", () => {
  it.each(["/", "/drive", "/drive/a%20b?select=x#y", "/notebooks/x?cell=1", "/account/tokens", "/sign-inn"])(
    "%s is a path of ours",
    (path) => expect(nextPath(path, ORIGIN)).toBe(path),
  );

  it.each([
    null,
    "",
    "drive",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "https://evil.example",
    "HTTPS:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/a\\b",
    `/${"x".repeat(2000)}`,
    "/sign-in?next=/sign-in",
    "/invitation/abc",
  ])("%j is not", (path) => expect(nextPath(path, ORIGIN)).toBe("/"));

  it("what passes stays on this server in a browser's eyes", () => {
    const pieces = ["/", "\\", ".", "..", "@", ":", "evil.example", "%2f", "?", "#", "\t", " ", "a"];
    for (const one of pieces)
      for (const two of pieces)
        for (const three of pieces) {
          const path = nextPath(`/${one}${two}${three}`, ORIGIN);
          expect(new URL(path, ORIGIN).origin).toBe(ORIGIN);
        }
  });

  it("is said in the address of the door, and read again", () => {
    expect(doorAddress("/")).toBe("/sign-in");
    const address = doorAddress("/drive/a?b=c&d=#e");
    expect(doorAt(address, ORIGIN)).toEqual({ next: "/drive/a?b=c&d=#e", problem: null, link: false });
  });
});

describe("what the address of the door says", () => {
  it("a code and nothing else", () => {
    expect(doorAt("/sign-in?problem=oidc-stale&link=1", ORIGIN)).toEqual({
      next: "/",
      problem: "oidc-stale",
      link: true,
    });
    expect(doorAt("/sign-in?problem=Call+555-1234+now", ORIGIN).problem).toBe("unknown");
    expect(doorAt("/sign-in", ORIGIN).problem).toBeNull();
  });

  it("an invitation", () => {
    expect(invitationAt("/invitation/a-b_c?x")).toBe("a-b_c");
    expect(invitationAt("/invitation/%E0%A4%A")).toBe("%E0%A4%A");
    expect(invitationAt("/invitation/")).toBeNull();
  });
});

describe("the page of an address", () => {
  it.each([
    ["/", "drive"],
    ["/drive/x", "drive"],
    ["/notebooks/x?y", "notebook"],
    ["/notebooks", "drive"],
    ["/sign-in?next=/", "door"],
    ["/invitation/x", "door"],
    ["/account", "account"],
    ["/account/tokens", "account"],
    ["/admin/audit?x", "admin"],
    ["/administrator", "drive"],
  ])("%s is of %s", (address, t) => expect(pageAt(address).t).toBe(t));

  it("the notebook's id is decoded, and a damaged one breaks nothing", () => {
    expect(pageAt("/notebooks/a%2Fb")).toEqual({ t: "notebook", notebook: "a/b" });
    expect(pageAt("/notebooks/%E0%A4%A")).toEqual({ t: "notebook", notebook: "%E0%A4%A" });
  });
});
