/**
 * One live output frame: its element, its port, its sign of life. The page's side of web/frame/protocol.ts.
 *
 * Nothing that comes out of a frame is taken as it is: what is not a message of the protocol is dropped, numbers are
 * bounded, links are http(s), and what leaves the page (a link, a file) does so only right after a person did something.
 * No React; what the frame says to the notebook is for others.
 */
import { FRAME_ADDRESS } from "virtual:frame";

import type { FrameItem, FrameTheme, FrameWords, FromFrame, Handshake, ToFrame } from "../../../frame/protocol";
import { LIMITS } from "../../wire/types";
import { FrameHeight } from "./frame-height";

const HANDSHAKE: Handshake = "noctule-frame-v1";
const PING_MS = 2_500;

export type FrameState = "loading" | "live" | "silent" | "stopped";

/** `flooded`: it sent too much. `left`: it navigated itself away. `asked`: a person stopped it. */
export type StopReason = "flooded" | "left" | "asked";

export type FrameSaid = Exclude<FromFrame, { t: "height" | "pong" | "picture" }>;

export interface FramePorts {
  readonly title: string;
  readonly words: FrameWords;
  readonly theme: () => FrameTheme;
  readonly state: (state: FrameState, reason: StopReason | null) => void;
  readonly height: (height: number) => void;
  readonly said: (message: FrameSaid) => void;
}

export class FrameHost {
  readonly element: HTMLIFrameElement;
  private readonly ports: FramePorts;
  private readonly height: FrameHeight;
  private port: MessagePort | null = null;
  private unsent: ToFrame[] = [];
  private current: FrameState = "loading";
  private readonly pictures = new Map<number, (picture: Blob | null) => void>();
  private pinged = 0;
  private ponged = 0;
  private count = 0;
  private countedAt = 0;
  private timer: ReturnType<typeof setInterval> | null = null;
  private silentSince = 0;

  constructor(place: HTMLElement, height: number, ports: FramePorts) {
    this.ports = ports;
    this.height = new FrameHeight(height);
    this.element = place.ownerDocument.createElement("iframe");
    this.element.src = FRAME_ADDRESS;
    this.element.setAttribute("sandbox", "allow-scripts");
    this.element.setAttribute("allow", "fullscreen");
    this.element.referrerPolicy = "no-referrer";
    this.element.title = ports.title;
    this.element.addEventListener("load", () => this.loaded());
    place.append(this.element);
  }

  items(items: readonly FrameItem[]): void {
    this.height.renew();
    this.send({ t: "content", items });
  }

  theme(): void {
    this.send({ t: "theme", theme: this.ports.theme() });
  }

  send(message: ToFrame, transfer: Transferable[] = []): void {
    if (this.port !== null) this.port.postMessage(message, transfer);
    else if (this.current === "loading") this.unsent.push(message);
  }

  /** What it shows, as a picture; null when there is none. */
  picture(): Promise<Blob | null> {
    const n = this.pictures.size + 1;
    return new Promise((resolve) => {
      this.pictures.set(n, resolve);
      this.send({ t: "picture", n });
    });
  }

  stop(reason: StopReason): void {
    this.end();
    this.become("stopped", reason);
  }

  /** Nothing is said any more. */
  end(): void {
    this.port?.close();
    this.port = null;
    this.unsent = [];
    if (this.timer !== null) clearInterval(this.timer);
    for (const answer of this.pictures.values()) answer(null);
    this.pictures.clear();
    this.element.remove();
  }

  private loaded(): void {
    const target = this.element.contentWindow;
    if (this.current === "stopped" || target === null) return;
    // A second document in the same frame: its own scripts went elsewhere. It gets nothing.
    if (this.port !== null) return this.stop("left");
    const channel = new MessageChannel();
    this.port = channel.port1;
    this.port.onmessage = ({ data }: MessageEvent<unknown>) => this.hear(data);
    // An opaque origin has no name to address; this is the first document in the frame, which is ours.
    target.postMessage(HANDSHAKE, "*", [channel.port2]);
    const { words } = this.ports;
    this.send({ t: "begin", theme: this.ports.theme(), words });
    for (const message of this.unsent.splice(0)) this.send(message);
    this.timer = setInterval(() => this.ping(), PING_MS);
    this.become("live");
  }

  private become(state: FrameState, reason: StopReason | null = null): void {
    if (this.current === state) return;
    this.current = state;
    this.ports.state(state, reason);
  }

  /** A hidden tab's timers are slowed down, its frames' too: silence there means nothing. */
  private ping(): void {
    if (document.hidden) {
      this.ponged = this.pinged;
      return;
    }
    if (this.pinged !== this.ponged) {
      if (performance.now() - this.silentSince >= LIMITS.FRAME_SILENT_SECONDS * 1000) this.become("silent");
      return;
    }
    this.pinged += 1;
    this.silentSince = performance.now();
    this.send({ t: "ping", n: this.pinged });
  }

  private hear(data: unknown): void {
    if (this.floods()) return this.stop("flooded");
    const message = checked(data);
    if (message === null) return;
    switch (message.t) {
      case "height":
        return this.ports.height(this.height.next(message.height, performance.now()));
      case "pong":
        if (message.n === this.pinged) {
          this.ponged = this.pinged;
          this.become("live");
        }
        return;
      case "picture":
        this.pictures.get(message.n)?.(message.data);
        this.pictures.delete(message.n);
        return;
      default:
        return this.ports.said(message);
    }
  }

  private floods(): boolean {
    const now = performance.now();
    if (now - this.countedAt > 1_000) {
      this.countedAt = now;
      this.count = 0;
    }
    this.count += 1;
    return this.count > LIMITS.FRAME_MESSAGES_PER_SECOND;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const COMM_TYPES = new Set(["comm_open", "comm_msg", "comm_close"]);
const isBuffers = (value: unknown) => Array.isArray(value) && value.every((part) => part instanceof ArrayBuffer);
const isText = (value: unknown): value is string => typeof value === "string";

/** For each message, whether its fields are of the types that the protocol gives them. */
const CHECKS: Readonly<Record<FromFrame["t"], (fields: Fields) => boolean>> = {
  height: ({ height }) => Number.isFinite(height),
  pong: ({ n }) => Number.isFinite(n),
  entered: () => true,
  leave: () => true,
  link: ({ href }) => isText(href) && /^https?:\/\//i.test(href) && URL.canParse(href),
  download: ({ name, data }) => isText(name) && data instanceof Blob,
  open: ({ id }) => isText(id),
  comm: ({ id, type, content, buffers }) =>
    isText(id) && isText(type) && COMM_TYPES.has(type) && isText(content) && isBuffers(buffers),
  picture: ({ n, data }) => Number.isFinite(n) && (data === null || data instanceof Blob),
};

export function checked(data: unknown): FromFrame | null {
  if (typeof data !== "object" || data === null) return null;
  const fields = data as Fields;
  const { t } = fields;
  if (!isText(t) || !Object.hasOwn(CHECKS, t)) return null;
  return CHECKS[t as FromFrame["t"]](fields) ? (data as FromFrame) : null;
}
