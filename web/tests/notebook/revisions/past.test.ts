import { describe, expect, it } from "vitest";

import { pastName, pastOutputs } from "../../../src/notebook/revisions/past";
import type { CellOutputs, DisplayOutput, MimeValue, Output } from "../../../src/wire/types";

const inline = (value: unknown): MimeValue => ({ t: "inline", value });
const display = (data: Record<string, MimeValue>): DisplayOutput => ({
  t: "display",
  id: "0",
  data,
  metadata: {},
  display_id: null,
  result: false,
  execution_count: null,
});
const shown = (...outputs: Output[]): readonly Output[] => pastOutputs({ outputs } as unknown as CellOutputs, "gone");
const VIEW = "application/vnd.jupyter.widget-view+json";

describe("outputs of the past", () => {
  it("are left as they are where nothing of them needs more", () => {
    const output = display({ "text/html": inline("<b>"), "text/plain": inline("b") });
    expect(shown(output)[0]).toBe(output);
  });

  it("show the text of a widget, whose model may be another one by now", () => {
    const [output] = shown(display({ [VIEW]: inline({ model_id: "m" }), "text/plain": inline("IntSlider()") }));
    expect(output).toMatchObject({ data: { "text/plain": { value: "IntSlider()" } } });
    expect(Object.keys((output as DisplayOutput).data)).toEqual(["text/plain"]);
  });

  it("say so where nothing is left", () => {
    for (const type of [VIEW, "audio/wav", "video/mp4"]) {
      expect(shown(display({ [type]: inline("x") }))[0]).toMatchObject({ data: { "text/plain": inline("gone") } });
    }
  });

  it("have a frame under a name that no cell has", () => {
    expect(pastName("r1", "cell-0")).not.toBe(pastName("r2", "cell-0"));
    expect(pastName("r1", "cell-0")).toContain(" ");
  });
});
