import { expect, test } from "vitest";

import { modelOf, openOutputs } from "../../../src/notebook/outputs/closed-widgets";
import { WIDGET_VIEW } from "../../../src/notebook/outputs/plan";
import type { CellOutputs, Output } from "../../../src/wire/types";

const display = (id: string, value: unknown): Output => ({
  t: "display",
  id,
  data: { [WIDGET_VIEW]: { t: "inline", value }, "text/plain": { t: "inline", value: "HBox()" } },
  metadata: {},
  result: false,
  execution_count: null,
  display_id: null,
});
const cell = (outputs: readonly Output[]): CellOutputs => ({
  cell_id: "c",
  execution_id: "e",
  outputs,
  complete: true,
  count: outputs.length,
  bytes: 0,
  lines: 0,
  width: 0,
  height: 0,
  tables: 0,
  rows: 0,
  superseded: false,
  execution_count: 1,
});

test("the model of an output is what it says, and none for what says nonsense", () => {
  expect(modelOf(display("a", { model_id: "m" }))).toBe("m");
  for (const value of [null, "m", [], {}, { model_id: 7 }]) expect(modelOf(display("a", value))).toBeNull();
});

test("what was closed is not shown, and everything else stays as it was", () => {
  const all = cell([display("a", { model_id: "one" }), display("b", { model_id: "two" }), display("c", {})]);
  expect(openOutputs(all, new Set(["one"])).map(({ id }) => id)).toEqual(["b", "c"]);
  expect(openOutputs(all, new Set())).toBe(all.outputs);
});
