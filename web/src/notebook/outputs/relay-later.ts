/** The relay of a frame's widgets, fetched when the first of them asks for its model: most frames have none. */
import { fetchPart } from "../../ui/part";
import type { CommMessage, RelayPorts, WidgetRelay } from "./widget-relay";

export class RelayLater {
  private readonly ports: RelayPorts;
  private relay: Promise<WidgetRelay> | null = null;

  constructor(ports: RelayPorts) {
    this.ports = ports;
  }

  open(id: string): void {
    this.relay ??= fetchPart(() => import("./widget-relay")).then((part) => new part.WidgetRelay(this.ports));
    void this.relay.then((relay) => relay.open(id));
  }

  /** A frame that was given no model may speak to none. */
  comm(message: CommMessage): void {
    void this.relay?.then((relay) => relay.comm(message));
  }

  end(): void {
    void this.relay?.then((relay) => relay.end());
  }
}
