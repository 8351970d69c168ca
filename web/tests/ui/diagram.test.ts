import { expect, test } from "vitest";

import { plain } from "../../src/ui/diagram";

test.each([
  ["graph LR\n a --> b", "graph LR\n a --> b"],
  ["%%{init: {'theme': 'dark'}}%%\ngraph LR", "\ngraph LR"],
  ["---\nconfig:\n  theme: dark\n---\ngraph LR", "graph LR"],
  ["%%%{x}%%%{init: {'logLevel': 1}}%%\ngraph LR", "\ngraph LR"],
  ["%%{x}%%---\nconfig:\n  logLevel: 1\n---\ngraph LR", "graph LR"],
])("settings that a diagram brings along stay out: %j", (source, wanted) => {
  expect(plain(source)).toBe(wanted);
});
