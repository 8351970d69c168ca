import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { saidOf, saidOfCode } from "../../src/ui/said";
import { en } from "../../src/words/en";
import { zh } from "../../src/words/zh";

const SERVER = new URL("../../../src/noctule/", import.meta.url);
const source = (path: string) => readFileSync(new URL(path, SERVER), "utf8");
const folder = (path: string) =>
  readdirSync(new URL(path, SERVER))
    .filter((name) => name.endsWith(".py"))
    .map((name) => path + name);

/** Codes that the server refuses with, where accounts are made, changed and managed. */
function codes(): ReadonlySet<string> {
  const files = [
    ...folder("accounts/"),
    ...["accounts", "identities", "invitations", "plans", "sessions", "teams", "tokens"]
      .map((name) => `store/${name}.py`)
      .filter((path) => readdirSync(new URL("store/", SERVER)).includes(path.slice("store/".length))),
    ...["door", "me", "people", "admin", "teams", "audit", "plans", "running", "storage"].map(
      (name) => `http/${name}.py`,
    ),
  ];
  const raised = /\b(?:Invalid|Forbidden|Unauthorized|NotFound|Conflict|TooMany|Unavailable)\(\s*"([a-z-]+)"/g;
  return new Set(files.flatMap((path) => [...source(path).matchAll(raised)].map(([, code]) => code ?? "")));
}

/** Of notebooks and runs: their own pages say these. */
const ELSEWHERE = new Set(["notebook-not-found", "run-not-found", "item-not-found", "runtimes-reached"]);

describe("what the server says of accounts", () => {
  it("has words in both languages", () => {
    const found = [...codes()].filter((code) => !ELSEWHERE.has(code));
    expect(found.length).toBeGreaterThan(30);
    for (const words of [en, zh]) expect(found.filter((code) => !(code in words.said))).toEqual([]);
  });

  it("has none for a code that no server says", () => {
    const known = readFileSync(new URL("../../docs/problems.md", SERVER), "utf8");
    const invented = Object.keys(en.said).filter((code) => code !== "unreachable" && !known.includes(`\`${code}\``));
    expect(invented).toEqual([]);
  });

  it("falls back on the server's own words", () => {
    expect(saidOf({ code: "password-wrong", title: "x", detail: "y" })).toBe("The password is wrong.");
    expect(saidOf({ code: "quite-new", title: "Something.", detail: "Do this." })).toBe("Something. Do this.");
    expect(saidOfCode("quite-new")).toContain("quite-new");
  });

  it("knows all that the audit log has", () => {
    const kinds = [...source("accounts/audit.py").matchAll(/^ {4}[A-Z_]+ = "([a-z-]+)"$/gm)].map(
      ([, word]) => word ?? "",
    );
    expect(kinds.length).toBeGreaterThan(20);
    for (const { audit } of [en, zh]) {
      expect(kinds.filter((kind) => !(kind in audit.what))).toEqual([]);
      const filters = Object.keys(audit.kinds);
      expect(kinds.filter((kind) => !filters.some((each) => kind === each || kind.startsWith(`${each}-`)))).toEqual([]);
    }
  });
});
