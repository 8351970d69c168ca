/** What stands for a widget that cannot be: its module is nowhere, or its state is. Its view says what to do. */
import { DOMWidgetModel, DOMWidgetView, type IWidgetManager } from "@jupyter-widgets/base";

import { note } from "../renderers/note";

/** The module of stand-ins for models whose state was not kept. */
export const LOST = "noctule-lost";

export class StandIn extends DOMWidgetModel {}

/** A view that says this. */
export function noteView(text: string): typeof DOMWidgetView {
  return class extends DOMWidgetView {
    override render(): void {
      super.render();
      note(this.el, text);
    }
  };
}

/** In the place of a model that is nowhere, so that what refers to it is shown all the same. */
export function lostModel(id: string, manager: IWidgetManager): StandIn {
  const view = { _view_name: "LostView", _view_module: LOST, _view_module_version: "" };
  return new StandIn(view, { model_id: id, widget_manager: manager });
}
