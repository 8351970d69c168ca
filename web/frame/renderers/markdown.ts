/** Markdown that stands between outputs of a frame, or in an Output widget. */
import MarkdownIt from "markdown-it";

import type { FrameBody } from "../protocol";
import { drawFormulas } from "./html";
import { textOf } from "./plain";
import type { Rendered } from "./render";

const markdown = new MarkdownIt({ html: true, linkify: true });

export async function renderMarkdown(body: FrameBody, element: HTMLElement): Promise<Rendered> {
  element.innerHTML = markdown.render(textOf(body.data));
  await drawFormulas(element);
  return {};
}
