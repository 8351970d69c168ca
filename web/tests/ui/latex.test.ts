import { expect, test } from "vitest";

import { loadLatex } from "../../src/ui/latex";

test("a formula that is nested deeper than KaTeX can go is not drawn, and throws nothing", async () => {
  const { render } = await loadLatex();
  expect(render("x^{2}", false)).toContain("katex");
  for (const [open, close] of [
    ["{", "}"],
    ["x^{", "}"],
  ] as const) {
    const depth = Math.floor(20_000 / (open.length + close.length));
    expect(render(open.repeat(depth) + close.repeat(depth), true)).toBeNull();
    expect(render(open.repeat(200) + close.repeat(200), true)).toContain("katex");
    expect(render(open.repeat(201) + close.repeat(201), true)).toBeNull();
  }
  expect(render("\\frac{", false)).toContain("katex-error");
});
