import { expect, test } from "vitest";

import { paintOf } from "../../../src/notebook/outputs/ansi-paint";
import { parseAnsi } from "../../../src/runs/ansi";

const painted = (sgr: string) => paintOf(parseAnsi(`\x1b[${sgr}mx`).spans[0]?.style ?? expect.unreachable());

test("text that looks as any other has no look of its own", () => {
  expect(painted("0")).toBeUndefined();
});

test("a name is a colour of the page, bright or not", () => {
  expect(painted("31")).toEqual({ color: "var(--ansi-red)" });
  expect(painted("91;1")).toEqual({ color: "var(--ansi-red)", fontWeight: 700 });
});

test("an exact colour is kept in hue, and made to stand on either page", () => {
  expect(painted("38;2;255;255;0")?.color).toBe(
    "light-dark(oklch(from #ffff00 min(l, 0.5) c h), oklch(from #ffff00 max(l, 0.72) c h))",
  );
});

test("on a ground, which is a tint, text leans towards the ink; both exact are left as they are", () => {
  expect(painted("30;41")).toEqual({
    color: "color-mix(in srgb, var(--ansi-black) 55%, var(--ink))",
    backgroundColor: "color-mix(in srgb, var(--ansi-red) 22%, transparent)",
  });
  expect(painted("44")?.color).toBe("var(--ink)");
  expect(painted("38;2;0;0;0;48;2;255;255;0")).toEqual({ color: "#000000", backgroundColor: "#ffff00" });
});

test("dim is quiet and not faint, inverse is a full ground, inverse of both is the other way round", () => {
  expect(painted("2")).toEqual({ color: "var(--ink-2)" });
  expect(painted("2;36")).toEqual({ color: "color-mix(in srgb, var(--ansi-cyan) 45%, var(--ink-2))" });
  expect(painted("7")).toEqual({ color: "var(--surface)", backgroundColor: "var(--ink)" });
  expect(painted("7;31")).toEqual({ color: "var(--surface)", backgroundColor: "var(--ansi-red)" });
  expect(painted("7;31;42")).toEqual(painted("32;41"));
});

test("lines are drawn together", () => {
  expect(painted("3;4;9")).toEqual({ fontStyle: "italic", textDecoration: "underline line-through" });
});
