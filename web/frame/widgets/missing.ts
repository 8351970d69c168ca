/** The class of a widget whose module is nowhere: its view says what is missing and what to do. */
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";

import { note } from "../renderers/note";

/** A model keeps its state and its links; a view is the note. */
export function missing(className: string, text: string): typeof DOMWidgetModel | typeof DOMWidgetView {
  if (className.endsWith("Model")) return class extends DOMWidgetModel {};
  return class extends DOMWidgetView {
    override render(): void {
      super.render();
      note(this.el, text);
    }
  };
}
