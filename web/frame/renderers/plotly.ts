/** Plotly figures. One that changes is changed in place, so that zoom and selection stay. */
import Plotly, { type Config, type Data, type Frame, type Layout } from "plotly.js-dist-min";

import type { FrameBody } from "../protocol";
import type { Rendered } from "./render";

interface Figure {
  readonly data?: Data[];
  readonly layout?: Partial<Layout>;
  readonly config?: Partial<Config>;
  readonly frames?: Partial<Frame>[];
}

export async function renderPlotly(body: FrameBody, element: HTMLElement): Promise<Rendered> {
  // HTML that other outputs of this cell display looks for it there, too; and so does who takes a picture.
  Object.assign(window, { Plotly });
  const place = element.appendChild(document.createElement("div"));
  const draw = async ({ data, layout, config, frames }: Figure) => {
    await Plotly.react(place, data ?? [], layout ?? {}, { responsive: true, ...config });
    if (frames !== undefined && frames.length > 0) await Plotly.addFrames(place, frames);
  };
  await draw(body.data as Figure);
  const { type } = body;
  return {
    update: async (next) => {
      if (next.type !== type) return false;
      await draw(next.data as Figure);
      return true;
    },
    dispose: () => Plotly.purge(place),
  };
}
