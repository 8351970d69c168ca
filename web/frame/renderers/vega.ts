/** Vega and Vega-Lite, as Altair displays them. Expressions are interpreted, never made into JavaScript. */
import type { EmbedOptions, VisualizationSpec } from "vega-embed";
import embed from "vega-embed";
import { expressionInterpreter } from "vega-interpreter";

import type { FrameBody } from "../protocol";
import type { Context, Rendered } from "./render";

function optionsOf(body: FrameBody, { host }: Context): EmbedOptions {
  const asked = body.metadata[body.type];
  const { embed_options: own = {} } = (typeof asked === "object" && asked !== null ? asked : {}) as {
    readonly embed_options?: EmbedOptions;
  };
  return {
    ...(host.theme.dark && { theme: "dark" as const }),
    ...own,
    mode: body.type.includes("vegalite") ? "vega-lite" : "vega",
    config: { background: "transparent", ...(typeof own.config === "object" ? own.config : {}) },
    // The editor would be another window, which a frame cannot open.
    actions: { export: true, source: false, compiled: false, editor: false },
    ast: true,
    expr: expressionInterpreter,
  };
}

export async function renderVega(body: FrameBody, element: HTMLElement, context: Context): Promise<Rendered> {
  const place = element.appendChild(document.createElement("div"));
  const shown = await embed(place, body.data as VisualizationSpec, optionsOf(body, context));
  return { dispose: () => shown.finalize() };
}
