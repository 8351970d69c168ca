import { describe, expect, it } from "vitest";

import { splitFormulas } from "../../frame/formula";

const formulas = (text: string) =>
  splitFormulas(text).flatMap((part) => (typeof part === "string" ? [] : [[part.source, part.display]]));

describe("formulas in text", () => {
  it("are found by all delimiters of Jupyter, and nothing is lost between them", () => {
    const text = "a $x^2$ b $$\\int x$$ c \\(y\\) d \\[z\\] e";
    expect(formulas(text)).toEqual([
      ["x^2", false],
      ["\\int x", true],
      ["y", false],
      ["z", true],
    ]);
    const rest = splitFormulas(text).filter((part) => typeof part === "string");
    expect(rest).toEqual(["a ", " b ", " c ", " d ", " e"]);
  });

  it.each(["from $5 to $6", "$ 5 and 6 $", "US$5, US$10", "one $ only", "\\( open", "$$"])(
    "money is money: %s",
    (text) => {
      expect(splitFormulas(text)).toEqual([text]);
    },
  );

  it("takes time in proportion to a long text with many beginnings", () => {
    const text = "$a ".repeat(100_000);
    const begun = performance.now();
    splitFormulas(text);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
