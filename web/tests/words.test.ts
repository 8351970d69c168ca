import { readdirSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { en } from "../src/words/en";
import { zh } from "../src/words/zh";

type Shape = { readonly [key: string]: Shape | string };

/** Names and kinds: what a caller relies on. A function has the number of arguments that the English one has. */
function shapeOf(value: unknown): Shape | string {
  if (typeof value === "function") return "function";
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}

function textsOf(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
}

/** Names of products, formats and keys are the same in both languages. */
const SAME_IN_BOTH = /^[A-Za-z0-9 .,:+/%()_<>&*`#@-]*$/;

describe("the catalogues", () => {
  it("have the same shape", () => {
    expect(shapeOf(zh)).toEqual(shapeOf(en));
  });

  it("leave no English sentence in the Chinese one", () => {
    const left = textsOf(zh, "zh").filter(([, text]) => SAME_IN_BOTH.test(text) && /[a-z]{2,} [a-z]{2,}/i.test(text));
    expect(left).toEqual([]);
  });

  it("are made of the same files", () => {
    const files = (language: string) =>
      readdirSync(new URL(`../src/words/${language}`, import.meta.url)).filter((name) => name !== "plural.ts");
    expect(files("zh")).toEqual(files("en"));
  });

  it("use no exclamation marks", () => {
    const loud = [...textsOf(en, "en"), ...textsOf(zh, "zh")].filter(([, text]) =>
      /[!！]/.test(text.replace(/!(?=[a-z=])/g, "")),
    );
    expect(loud).toEqual([]);
  });
});
