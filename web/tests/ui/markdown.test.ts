import { describe, expect, test } from "vitest";

import { markdownToHtml } from "../../src/ui/markdown/html";
import { isTaskAt } from "../../src/ui/markdown/tasks";

/** Formulas as they were found: `inline:x`, `display:x`. */
function formulas(source: string): readonly string[] {
  return Array.from(
    markdownToHtml(source).matchAll(/<span data-math="(\w+)">([^<]*)<\/span>/g),
    ([, kind, tex]) => `${kind}:${tex}`,
  );
}

describe("formulas", () => {
  test.each<[string, readonly string[]]>([
    ["$x$", ["inline:x"]],
    ["a $x_1$ and $y_2$ b", ["inline:x_1", "inline:y_2"]],
    ["$a*b*c$ *em*", ["inline:a*b*c"]],
    ["costs $5 and $6", []],
    ["costs $5, or 6$ more", ["inline:5, or 6"]],
    ["$ x$", []],
    ["$x $", []],
    ["$x$5", []],
    ["\\$x$", []],
    ["$\\$5$", ["inline:\\$5"]],
    ["$a\nb$", ["inline:a\nb"]],
    ["$a\n\nb$", []],
    ["`$x$`", []],
    ["$$x$$", ["display:x"]],
    ["$$\nx\n\ny\n$$", ["display:x\n\ny"]],
    ["text $$x$$ text", ["display:x"]],
    ["text\n$$\nx\n$$\ntext", ["display:x"]],
    ["\\(x\\) and \\[y\\]", ["inline:x", "display:y"]],
    ["\\[\nx\n\\]", ["display:x"]],
    ["\\\\(x)", []],
    [
      "\\begin{align}\na &= b \\\\\n_c_ &= d\n\\end{align}",
      ["display:\\begin{align}\na &amp;= b \\\\\n_c_ &amp;= d\n\\end{align}"],
    ],
    ["Let \\begin{pmatrix}1\\end{pmatrix}.", ["display:\\begin{pmatrix}1\\end{pmatrix}"]],
    ["\\begin{document}x\\end{document}", []],
    ["> $$\n> x\n> $$", ["display:x"]],
    ["- a\n\n  $$\n  x\n  $$\n- b", ["display:x"]],
    ["- a\n\n  $$\n  x\n\n$$\nz", []],
    ["$$\nnever closed", []],
    ["| a | b |\n|---|---|\n| $x$ | $y$ |", ["inline:x", "inline:y"]],
    ["    $$x$$", []],
    ["```\n$$x$$\n```", []],
    ["# $x$", ["inline:x"]],
    ["$<script>alert(1)</script>$", ["inline:&lt;script&gt;alert(1)&lt;/script&gt;"]],
    ["$$$$", []],
    ["$$ $$", []],
  ])("%j", (source, wanted) => {
    expect(formulas(source)).toEqual(wanted);
  });

  test("a hostile text does not take its time", () => {
    for (const part of ["$a ", "$$\n", "\\[", "\\begin{align}\n", "\\( $", "$$a $", "$$a\n\\$$\n"]) {
      const started = performance.now();
      markdownToHtml(part.repeat(4_000));
      expect(performance.now() - started, part).toBeLessThan(4_000);
    }
  });

  test.each(["\\[ a\n", "$$ a\n", "\\( a\n", "> \\[ a\n", "\\begin{align} a\n"])(
    "many openings %j of which none ends as a formula are looked at once",
    (part) => {
      for (const end of ["\\] x\n", "\\\\\\] \\\\\\)\n".repeat(500), "$$ x", "\\end{align} x", ""]) {
        const started = performance.now();
        markdownToHtml(part.repeat(2_500) + end);
        expect(performance.now() - started, end.slice(0, 20)).toBeLessThan(4_000);
      }
    },
  );
});

describe("tasks", () => {
  test.each([
    ["- [ ] one\n- [x] two\n* [X] three", ["[ ] one", "[x] two", "[X] three"]],
    ["1. [ ] one\n12) [x] two", ["[ ] one", "[x] two"]],
    ["> - [ ] quoted", ["[ ] quoted"]],
    ["- - [ ] nested", ["[ ] nested"]],
    ["- a\n  - [x] below [ ] x", ["[x] below [ ] x"]],
    ["text [ ] x\r\n\r\n- [ ] after\r\n- [x] again", ["[ ] after", "[x] again"]],
    ["- [ ]\ttab", ["[ ]\ttab"]],
    ["- [ ] **bold**", ["[ ] **bold**"]],
    ["- [ ]none\n- [y] no\n- \\[ ] no\n- `[ ] no`\n[ ] no", []],
    ["```\n- [ ] code\n```", []],
    ["- [ ]", []],
    ["-\n  [ ] lazy", ["[ ] lazy"]],
  ])("%j", (source, wanted) => {
    const places = Array.from(markdownToHtml(source).matchAll(/data-task="(\d+)( checked)?"/g));
    for (const [, place, checked] of places) {
      expect(isTaskAt(source, Number(place))).toBe(true);
      expect(source[Number(place)]?.toLowerCase() === "x").toBe(checked !== undefined);
    }
    const lines = places.map(([, place]) => source.slice(Number(place) - 1).split(/\r?\n/)[0]);
    expect(lines).toEqual(wanted);
  });
});

test.each([
  ["```python\nx\n```", '<pre data-fence="python"><code>x\n</code></pre>\n'],
  ["```{.py} a b\n<b>\n```", '<pre data-fence="py"><code>&lt;b&gt;\n</code></pre>\n'],
  ['``` "><img src=x onerror=alert(1)>\nx\n```', '<pre data-fence="&quot;&gt;&lt;img"><code>x\n</code></pre>\n'],
  ["| a | b |\n|:-:|--:|\n| 1 | 2 |", expect.stringContaining('<th style="text-align:center">a</th>')],
  [
    "see README.md and https://a.example",
    '<p>see README.md and <a href="https://a.example">https://a.example</a></p>\n',
  ],
  ["~~gone~~ :smile:", "<p><s>gone</s> :smile:</p>\n"],
  ["a[^1]\n\n[^1]: note", expect.stringContaining('<a href="#fn-cell-1" id="fnref-cell-1">1</a>')],
])("%j", (source, html) => {
  expect(markdownToHtml(source, "cell")).toEqual(html);
});
