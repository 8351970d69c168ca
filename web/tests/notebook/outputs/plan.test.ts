import { expect, test } from "vitest";

import { choose, planOutputs } from "../../../src/notebook/outputs/plan";
import type { DisplayOutput } from "../../../src/wire/types";
import { stream } from "../../support/values";

function display(id: string, ...types: string[]): DisplayOutput {
  const data = Object.fromEntries(types.map((type) => [type, { t: "inline", value: type }] as const));
  return { t: "display", id, data, metadata: {}, result: false, execution_count: null, display_id: null };
}

test("the richest representation that the page knows is shown", () => {
  expect(choose(display("o", "text/plain", "text/html"))?.type).toBe("text/html");
  expect(choose(display("o", "text/plain", "image/png"))?.type).toBe("image/png");
  expect(choose(display("o", "application/x-unknown"))?.type).toBe("application/x-unknown");
  expect(choose(display("o"))).toBeNull();
});

test("markup and scripts go into one frame, with whatever stands between them, and nothing else does", () => {
  const outputs = [
    stream({ id: "1" }),
    display("2", "text/html"),
    stream({ id: "3" }),
    display("4", "application/javascript"),
    display("5", "image/png"),
  ];
  const plan = planOutputs(outputs);
  const ids = (part: readonly { id: string }[]) => part.map(({ id }) => id);
  expect([ids(plan.before), ids(plan.framed), ids(plan.after)]).toEqual([["1"], ["2", "3", "4"], ["5"]]);
  expect(planOutputs([stream()]).framed).toEqual([]);
  expect(ids(planOutputs(outputs, new Set(["2"])).framed)).toEqual(["4"]);
});

test("an image of SVG is an image, and neither sound nor PDF needs the frame", () => {
  for (const type of ["image/svg+xml", "audio/wav", "video/mp4", "application/pdf", "application/json"]) {
    expect(choose(display("o", "text/plain", type))).toMatchObject({ type, place: "page" });
  }
});
