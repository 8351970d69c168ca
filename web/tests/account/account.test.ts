import { describe, expect, it } from "vitest";

import { Account } from "../../src/person/model/account";
import { agentOf } from "../../src/account/model/agent";
import { colourOf, initialOf, isolated, nameOf } from "../../src/person/model/names";
import { ownedBy } from "../../src/person/model/owned";
import { usesAt } from "../../src/account/model/usage";
import { type Me, ProblemError, UNREACHABLE } from "../../src/net/rest";

const ME = { id: "a1", login: "ada", shown: "Ada", mode: "team" } as unknown as Me;
const refused = new ProblemError({ code: "no-session", title: "", detail: "", status: 401 });

describe("who is signed in", () => {
  it("is asked of the server", async () => {
    const account = new Account(() => Promise.resolve(ME));
    expect(account.who.read()).toEqual({ t: "unknown" });
    await account.ask();
    expect(account.me).toBe(ME);
  });

  it("nobody is, for who never was", async () => {
    const account = new Account(() => Promise.reject(refused));
    await account.ask();
    expect(account.who.read()).toEqual({ t: "out", was: null });
  });

  it("stays known when the session ends, however often that is said", async () => {
    const account = new Account(() => Promise.resolve(ME));
    await account.ask();
    account.end();
    account.end();
    expect(account.who.read()).toEqual({ t: "out", was: ME });
    await account.ask();
    expect(account.who.read()).toEqual({ t: "in", me: ME });
  });

  it("is not forgotten because the server is away", async () => {
    let answer: () => Promise<Me> = () => Promise.resolve(ME);
    const account = new Account(() => answer());
    await account.ask();
    answer = () => Promise.reject(new ProblemError(UNREACHABLE));
    await account.ask();
    expect(account.me).toBe(ME);
  });

  it("two who ask at once share one answer", async () => {
    let asked = 0;
    const account = new Account(() => {
      asked += 1;
      return Promise.resolve(ME);
    });
    await Promise.all([account.ask(), account.ask()]);
    expect(asked).toBe(1);
  });
});

describe("whose the copies in this browser are", () => {
  it("the first one's, and then nobody else's", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    expect(ownedBy(storage, "a")).toBe(true);
    expect(ownedBy(storage, "a")).toBe(true);
    expect(ownedBy(storage, "b")).toBe(false);
    expect(ownedBy(storage, "b")).toBe(true);
  });
});

describe("names", () => {
  it("are isolated, and have an initial and a colour of their own", () => {
    expect(nameOf({ shown: "", login: "ada" })).toBe("ada");
    expect(isolated("\u202eevil")).toBe("\u2068\u202eevil\u2069");
    expect(initialOf({ shown: "  𝒜da", login: "ada" })).toBe("𝒜");
    expect(initialOf({ shown: "", login: "" })).toBe("?");
    expect(colourOf({ id: "a1" })).toBe(colourOf({ id: "a1" }));
    expect(colourOf({ id: "a1" })).toMatch(/^person-[0-7]$/);
  });
});

describe("what a browser calls itself", () => {
  it.each([
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
      "Chrome",
      "Linux",
    ],
    ["Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", "Edge", "Windows"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1",
      "Safari",
      "iPhone",
    ],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox", "macOS"],
    ["Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Chrome", "Android"],
    ["curl/8.5.0", "curl", null],
  ])("%s", (agent, browser, system) => expect(agentOf(agent)).toEqual({ browser, system }));

  it("may be anything", () => {
    expect(agentOf("")).toBeNull();
    expect(agentOf("<script>")).toBeNull();
  });
});

it("the lines for a shell hold no secret", () => {
  const uses = usesAt("https://noctule.example.org");
  expect(uses.dav).toBe("https://noctule.example.org/dav");
  expect(uses.curl).toContain("$NOCTULE_TOKEN");
  expect(uses.rclone).toContain("webdav url https://noctule.example.org/dav ");
  // Without it rclone takes a password of letters and digits for one that it has obscured already.
  expect(uses.rclone).toContain(" --obscure");
});
