import { describe, expect, it } from "vitest";

import { modelsOf, widgetHtml } from "../../../src/notebook/export/widgets";

const model = (name: string, state: object, buffers?: object) => ({ model_name: `${name}Model`, state, buffers });

function draw(id: string, state: Readonly<Record<string, object>>): Promise<string | null> {
  const models = modelsOf({ widgets: { "application/vnd.jupyter.widget-state+json": { state } } });
  const outputs = (inner: readonly unknown[]) => Promise.resolve(`[outputs: ${inner.length}]`);
  return widgetHtml({ model_id: id }, models, { markup: (html) => `[clean: ${html}]`, outputs });
}

const shown = async (name: string, state: object): Promise<string> => {
  const html = (await draw("one", { one: model(name, state) })) ?? "";
  return html.replace('<div class="output widgets">', "").replace(/<\/div>$/, "");
};

describe("widgets in an exported file", () => {
  it("show a progress bar where it stood, with the texts beside it", async () => {
    const html = await draw("row", {
      row: model("HBox", { children: ["IPY_MODEL_left", "IPY_MODEL_bar", "IPY_MODEL_right"] }),
      left: model("HTML", { value: "100%" }),
      bar: model("FloatProgress", { value: 200, min: 0, max: 200 }),
      right: model("HTML", { value: " 200/200 [00:01]" }),
    });
    expect(html).toContain('<div class="widget-box row">');
    expect(html).toContain('<progress max="200" value="200"></progress>');
    expect(html).toContain("[clean: 100%]");
    expect(html).toContain("[clean:  200/200 [00:01]]");
    expect(await shown("IntProgress", { value: 15, min: 10, max: 20 })).toContain('max="10" value="5"');
  });

  it("say their description and their value as text", async () => {
    expect(await shown("IntSlider", { value: 7, min: 0, max: 10, description: "<n>" })).toBe(
      '<div class="widget"><span class="widget-label">&lt;n&gt;</span>' +
        '<input type="range" disabled step="any" min="0" max="10" value="7"><span class="widget-value">7</span></div>',
    );
    expect(await shown("Label", { value: "<script>x</script>" })).toContain("&lt;script&gt;x&lt;/script&gt;");
    expect(await shown("Text", { value: "typed" })).toContain(">typed<");
    expect(await shown("Password", { value: "secret" })).not.toContain("secret");
    expect(await shown("Checkbox", { value: true })).toContain(" checked");
    expect(await shown("FloatRangeSlider", { value: [1.5, 2.5] })).toContain("1.5 \u2013 2.5");
    expect(await shown("Dropdown", { _options_labels: ["a", "b"], index: 1 })).toContain(">b<");
    expect(await shown("SelectMultiple", { _options_labels: ["a", "b", "c"], index: [0, 2] })).toContain(">a, c<");
    expect(await shown("FileUpload", { description: "Upload", value: null })).toContain("FileUpload: works only");
  });

  it("show pictures, what was captured, and nothing that was hidden", async () => {
    const picture = { path: ["value"], encoding: "base64", data: "aGk=" };
    expect(await draw("i", { i: model("Image", { format: "png" }, [picture]) })).toContain(
      "data:image/png;base64,aGk=",
    );
    expect(await shown("Output", { outputs: [{}, {}] })).toBe("[outputs: 2]");
    const hidden = {
      one: model("Label", { value: "x", layout: "IPY_MODEL_l" }),
      l: model("Layout", { display: "none" }),
    };
    expect(await draw("one", hidden)).toBe('<div class="output widgets"></div>');
  });

  it("end, however the file is made", async () => {
    expect(await draw("gone", {})).toBeNull();
    const twice = { children: ["IPY_MODEL_one", "IPY_MODEL_one"] };
    expect((await draw("one", { one: model("VBox", twice) }))?.length).toBeLessThan(100_000);
    expect(modelsOf({ widgets: [] }).size).toBe(0);
    expect(modelsOf({ widgets: { "application/vnd.jupyter.widget-state+json": { state: { a: 1 } } } }).size).toBe(1);
  });
});
