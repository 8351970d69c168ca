import { expect, test } from "vitest";

import { fromCodePoints, toCodePoints } from "../../../../src/notebook/editor/help/code-points";

test.each(["", "abc", "é𝄞x𝄞", "𝄞𝄞", "a\ud834", "\udd1ea", "日本\n語"])(
  "places in %j are the same both ways",
  (text) => {
    const points = Array.from(text);
    for (let count = 0; count <= points.length; count += 1) {
      const at = points.slice(0, count).join("").length;
      expect(toCodePoints(text, at)).toBe(count);
      expect(fromCodePoints(text, count)).toBe(at);
    }
  },
);

test("places beyond the end are its end", () => {
  expect(toCodePoints("a𝄞", 99)).toBe(2);
  expect(fromCodePoints("a𝄞", 99)).toBe(3);
});
