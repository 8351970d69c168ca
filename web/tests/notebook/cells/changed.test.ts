import { createHash } from "node:crypto";

import { expect, it } from "vitest";

import { sha256 } from "../../../src/notebook/cells/changed";

it("the hash of a source is that of the server: SHA-256 of UTF-8, in hex", () => {
  for (const text of [
    "",
    "x = 1\n",
    "名前 = '😀'",
    "a".repeat(55),
    "a".repeat(56),
    "a".repeat(64),
    "b".repeat(100_000),
  ]) {
    expect(sha256(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
  }
});
