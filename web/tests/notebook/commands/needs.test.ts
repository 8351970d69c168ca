import { expect, test } from "vitest";

import { commands } from "../../../src/notebook/commands";
import { NAMED, needOf } from "../../../src/notebook/commands/needs";
import type { NotebookController } from "../../../src/notebook/controller";

/** Only what refusals are made of. */
const withRights = (...held: readonly string[]) =>
  ({ session: { may: (wanted: string) => held.includes(wanted) } }) as unknown as NotebookController;

test("whatever is named is a command", () => {
  const ids = new Set(commands.all().map(({ id }) => id));
  expect(NAMED.filter((id) => !ids.has(id))).toEqual([]);
});

test.each([
  ["insert.codeBelow", "edit"],
  ["cell.delete", "edit"],
  ["text.bold", "edit"],
  ["edit.paste", "edit"],
  ["file.rename", "edit"],
  ["run.cell", "run"],
  ["section.run", "run"],
  ["kernel.restart", "run"],
  ["terminal.open", "run"],
  ["pane.variables", "run"],
  ["comment.add", "comment"],
  ["cell.link", null],
  ["edit.copy", null],
  ["file.copy", null],
  ["file.download", null],
  ["section.toggle", null],
  ["output.hide", null],
])("%s needs %s", (id, need) => expect(needOf(id)).toBe(need));

test("who may only look is told why, and is offered none of it", () => {
  const viewer = withRights();
  expect(commands.refusal("run.cell", viewer)).toContain("not run it");
  expect(commands.can("run.all", viewer)).toBe(false);
  expect(commands.run("insert.codeBelow", viewer)).toBe(false);
  expect(commands.refusal("comment.add", withRights("comment"))).toBeNull();
  expect(commands.refusal("file.copy", viewer)).toBeNull();
});
