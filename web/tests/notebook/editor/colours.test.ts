import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

const css = readFileSync(new URL("../../../src/ui/tokens.css", import.meta.url), "utf8");
const editor = readFileSync(new URL("../../../src/notebook/editor/editor.css", import.meta.url), "utf8");
const THEMES = ["light", "dark"] as const;

function colour(token: string, theme: (typeof THEMES)[number]): readonly number[] {
  const found = new RegExp(`--${token}: light-dark\\(#(\\w{6}), #(\\w{6})\\)`).exec(css);
  const hex = found?.[theme === "light" ? 1 : 2] ?? "";
  expect(hex, `--${token}`).toHaveLength(6);
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

/** WCAG 2.2, relative luminance. */
function luminance(channels: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = channels.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: readonly number[], other: readonly number[]): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const over = (front: readonly number[], part: number, ground: readonly number[]) =>
  ground.map((value, at) => value * (1 - part) + (front[at] ?? 0) * part);

it("every colour of code can be read on its ground, and on the line of the caret, in both themes", () => {
  const used = [...new Set([...editor.matchAll(/color: var\(--(code-\w+|ink-2)\)/g)].map(([, token = ""]) => token))];
  expect(used.length).toBeGreaterThan(6);
  for (const theme of THEMES) {
    const ground = colour("sunken", theme);
    const line = over(colour("ink", theme), 0.04, ground);
    for (const token of used) {
      expect(contrast(colour(token, theme), ground), `${token}, ${theme}`).toBeGreaterThanOrEqual(4.5);
      expect(contrast(colour(token, theme), line), `${token} on the line, ${theme}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});
