/** Which renderer shows which type. What is large is loaded when it is first needed. */
import type { Host } from "../host";
import type { FrameBody } from "../protocol";
import type { WidgetDoor } from "../widgets/door";
import { renderHtml, renderScript } from "./html";
import { renderImage, renderText } from "./plain";
import { renderWidget } from "./widget";

export interface Context {
  readonly host: Host;
  readonly widgets: WidgetDoor;
}

/** What became of an output. `update` is true when it could change in place. */
export interface Rendered {
  readonly update?: (body: FrameBody) => Promise<boolean>;
  readonly dispose?: () => void;
}

export type Renderer = (body: FrameBody, element: HTMLElement, context: Context) => Promise<Rendered>;

const loaded =
  (load: () => Promise<Renderer>): Renderer =>
  async (body, element, context) =>
    (await load())(body, element, context);

const VEGA = /^application\/vnd\.vega(?:lite)?\.v\d+(?:\.\d+)*\+json$/;

const RENDERERS: Readonly<Record<string, Renderer>> = {
  "text/html": renderHtml,
  "image/svg+xml": renderHtml,
  "application/javascript": renderScript,
  "text/javascript": renderScript,
  "text/markdown": loaded(async () => (await import("./markdown")).renderMarkdown),
  "text/latex": loaded(async () => (await import("./math")).renderLatex),
  "application/vnd.plotly.v1+json": loaded(async () => (await import("./plotly")).renderPlotly),
  "application/vnd.bokehjs_exec.v0+json": loaded(async () => (await import("./bokeh")).renderBokeh),
  "application/vnd.bokehjs_load.v0+json": renderScript,
  "application/vnd.jupyter.widget-view+json": renderWidget,
};

const vega = loaded(async () => (await import("./vega")).renderVega);

export function rendererOf(type: string): Renderer {
  const known = RENDERERS[type];
  if (known !== undefined) return known;
  if (VEGA.test(type)) return vega;
  return type.startsWith("image/") ? renderImage : renderText;
}

export function render(body: FrameBody, element: HTMLElement, context: Context): Promise<Rendered> {
  return rendererOf(body.type)(body, element, context);
}
