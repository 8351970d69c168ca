/** A view of a widget's model. */
import type { FrameBody } from "../protocol";
import { note } from "./note";
import type { Context, Rendered } from "./render";

export async function renderWidget(body: FrameBody, element: HTMLElement, context: Context): Promise<Rendered> {
  const { model_id: id } = body.data as { readonly model_id?: unknown };
  if (typeof id === "string") return context.widgets.show(id, element);
  note(element, context.host.words.widgetMissing);
  return {};
}
