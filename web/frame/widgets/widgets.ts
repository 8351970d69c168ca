/** Views of widgets in the outputs of this frame. */
import { DOMWidgetModel, type DOMWidgetView, type WidgetModel } from "@jupyter-widgets/base";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";

import type { Host } from "../host";
import type { WidgetNews } from "../protocol";
import { note } from "../renderers/note";
import type { Rendered } from "../renderers/render";
import type { WidgetDoor, Widgets } from "./door";
import { FrameManager } from "./manager";

export class FrameWidgets implements Widgets {
  private readonly host: Host;
  private readonly manager: FrameManager;

  constructor(host: Host, door: WidgetDoor) {
    this.host = host;
    this.manager = new FrameManager(host, door);
    window.addEventListener("resize", () => this.resized());
  }

  take(news: WidgetNews): void {
    this.manager.take(news);
  }

  async show(id: string, element: HTMLElement): Promise<Rendered> {
    const model = await this.manager.get_model(id).catch(() => null);
    if (!(model instanceof DOMWidgetModel) || !this.manager.has_model(id)) {
      note(element, this.host.words.widgetMissing);
      return {};
    }
    element.classList.add("widget-view");
    const place = element.appendChild(document.createElement("div"));
    place.className = "widget-host";
    const view = await this.manager.create_view(model);
    if (!place.isConnected) {
      // Its output was taken away while the view was made.
      view.remove();
      return {};
    }
    Widget.attach(view.luminoWidget, place);
    this.shown.add(view);
    this.mark(model, element, place);
    model.on("comm_live_update", () => this.mark(model, element, place));
    return {
      dispose: () => {
        this.shown.delete(view);
        view.remove();
      },
    };
  }

  private readonly shown = new Set<DOMWidgetView>();

  private resized(): void {
    for (const { luminoWidget } of this.shown) {
      MessageLoop.postMessage(luminoWidget, Widget.ResizeMessage.UnknownSize);
    }
  }

  /** Without its kernel a widget is a picture of itself. */
  private mark(model: WidgetModel, element: HTMLElement, place: HTMLElement): void {
    const offline = !model.comm_live;
    place.inert = offline;
    element.classList.toggle("offline", offline);
    element.querySelector(":scope > .offline-note")?.remove();
    if (!offline) return;
    const text = document.createElement("p");
    text.className = "offline-note";
    text.textContent = this.host.words.offline;
    element.append(text);
  }
}
