/** The way to the widgets, which are loaded when the first view is shown. */
import type { Host } from "../host";
import type { WidgetNews } from "../protocol";
import type { Rendered } from "../renderers/render";

export interface Widgets {
  take(news: WidgetNews): void;
  show(id: string, element: HTMLElement): Promise<Rendered>;
}

export class WidgetDoor {
  private readonly host: Host;
  private widgets: Promise<Widgets> | null = null;

  constructor(host: Host) {
    this.host = host;
  }

  /** Nothing comes before the first view has asked for its model. */
  take(news: WidgetNews): void {
    void this.widgets?.then((widgets) => widgets.take(news));
  }

  async show(id: string, element: HTMLElement): Promise<Rendered> {
    this.widgets ??= import("./widgets").then(({ FrameWidgets }) => new FrameWidgets(this.host, this));
    return (await this.widgets).show(id, element);
  }
}
