/**
 * The Output widget: what was captured is in its state, as nbformat has it, and is shown as any output of this frame is.
 * The server reduces what is captured (folded text, displays in place); here it is only drawn.
 */
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";

import { chooseType } from "../../src/notebook/outputs/plan";
import type { FrameBody, FrameItem } from "../protocol";
import { textOf } from "../renderers/plain";
import { Show } from "../show";
import type { FrameManager } from "./manager";

type Fields = Readonly<Record<string, unknown>>;

export class OutputModel extends DOMWidgetModel {
  override defaults() {
    return {
      ...super.defaults(),
      _model_name: "OutputModel",
      _model_module: "@jupyter-widgets/output",
      _model_module_version: "1.0.0",
      _view_name: "OutputView",
      _view_module: "@jupyter-widgets/output",
      _view_module_version: "1.0.0",
      msg_id: "",
      outputs: [],
    };
  }
}

const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});

const plain = (data: string): FrameBody => ({
  type: "text/plain",
  data,
  metadata: {},
  displayId: null,
  hidden: false,
});

export function bodyOf(output: Fields): FrameBody {
  const { output_type: kind } = output;
  if (kind === "stream") return plain(textOf(output["text"]));
  if (kind === "error") {
    const traceback = Array.isArray(output["traceback"]) ? output["traceback"].map(String) : [];
    return plain([...traceback, `${String(output["ename"])}: ${String(output["evalue"])}`].join("\n"));
  }
  const data = fieldsOf(output["data"]);
  const type = chooseType(Object.keys(data))?.type ?? "";
  if (type === "") return plain("");
  return { ...plain(""), type, data: data[type], metadata: fieldsOf(output["metadata"]) };
}

export class OutputView extends DOMWidgetView {
  private shown: Show | null = null;
  private texts: readonly string[] = [];
  private versions: readonly number[] = [];

  override render(): void {
    super.render();
    this.el.classList.add("jupyter-widget-output", "jupyter-widgets");
    const { host, door } = this.model.widget_manager as unknown as FrameManager;
    this.shown = new Show(this.el, { host, widgets: door });
    this.listenTo(this.model, "change:outputs", () => this.showOutputs());
    this.showOutputs();
  }

  /** What did not change keeps its element: a bar that is written again and again does not flicker. */
  private showOutputs(): void {
    const outputs = (this.model.get("outputs") as readonly unknown[] | null) ?? [];
    const texts = outputs.map((output) => JSON.stringify(output));
    const items = texts.map((text, at): FrameItem => {
      const before = this.versions[at] ?? 0;
      if (this.texts[at] === text) return { id: String(at), version: before };
      return { id: String(at), version: before + 1, body: bodyOf(fieldsOf(outputs[at])) };
    });
    this.texts = texts;
    this.versions = [...items.map(({ version }) => version), ...this.versions.slice(items.length)];
    this.shown?.items(items);
  }
}
