/** A Bokeh document: the HTML and the script that come with it, after BokehJS, which `output_notebook()` displayed. */
import type { FrameBody } from "../protocol";
import { renderHtml, renderScript } from "./html";
import { note } from "./note";
import type { Context, Rendered } from "./render";

/** The page joins what Bokeh puts into one bundle. */
interface BokehData {
  readonly html: string;
  readonly script: string;
}

export async function renderBokeh(body: FrameBody, element: HTMLElement, context: Context): Promise<Rendered> {
  const { html, script } = body.data as BokehData;
  const runsAlone = "Bokeh" in window || "_bokeh_onload_callbacks" in window;
  if (!runsAlone) {
    note(element, context.host.words.noBokeh);
    return {};
  }
  const place = element.appendChild(document.createElement("div"));
  await renderHtml({ ...body, data: html }, place);
  await renderScript({ ...body, data: script }, element.appendChild(document.createElement("div")));
  return {};
}
