/**
 * The channel between a model in this frame and its twin in the kernel, as ipywidgets expects one. What is said goes by
 * the page; when the kernel has dealt with it, the caller is told `idle`, by which ipywidgets paces itself.
 */
import type { ICallbacks, IClassicComm } from "@jupyter-widgets/base";

import type { Host } from "../host";
import type { CommType } from "../protocol";

export type Buffers = readonly (ArrayBuffer | ArrayBufferView)[];

/** A message as ipywidgets takes it. */
export interface Delivered {
  readonly content: { readonly comm_id: string; readonly data: unknown };
  readonly parent_header: { readonly msg_id: string };
  readonly buffers: readonly DataView[];
  readonly metadata: object;
}

type Listener = (message: Delivered) => unknown;
type Status = (message: { readonly content: { readonly execution_state: string } }) => void;

/** All messages of this frame that the kernel has not dealt with. */
export class Outgoing {
  private readonly host: Host;
  private readonly waiting = new Map<string, Status | undefined>();
  private count = 0;

  constructor(host: Host) {
    this.host = host;
  }

  send(type: CommType, content: object, buffers: Buffers, callbacks: ICallbacks | undefined): string {
    const id = `${(this.count += 1).toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
    this.waiting.set(id, callbacks?.iopub?.["status"] as Status | undefined);
    const whole = buffers.map(wholeBuffer);
    this.host.say({ t: "comm", id, type, content: JSON.stringify(content), buffers: whole });
    return id;
  }

  taken(id: string): void {
    const status = this.waiting.get(id);
    this.waiting.delete(id);
    status?.({ content: { execution_state: "idle" } });
  }
}

function wholeBuffer(buffer: ArrayBuffer | ArrayBufferView): ArrayBuffer {
  if (buffer instanceof ArrayBuffer) return buffer;
  const { buffer: bytes, byteOffset, byteLength } = buffer;
  return bytes.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

export class FrameComm implements IClassicComm {
  readonly comm_id: string;
  readonly target_name = "jupyter.widget";
  private readonly outgoing: Outgoing;
  private listener: Listener = () => undefined;
  private closed: Listener = () => undefined;
  /** What came while the model was being made; null once it hears. */
  private early: Delivered[] | null = [];
  private over = false;

  constructor(id: string, outgoing: Outgoing) {
    this.comm_id = id;
    this.outgoing = outgoing;
  }

  open(data: unknown, callbacks?: ICallbacks, metadata?: object, buffers: Buffers = []): string {
    const { comm_id, target_name } = this;
    return this.outgoing.send("comm_open", { comm_id, target_name, data, metadata }, buffers, callbacks);
  }

  send(data: unknown, callbacks?: ICallbacks, _metadata?: object, buffers: Buffers = []): string {
    return this.outgoing.send("comm_msg", { comm_id: this.comm_id, data }, buffers, callbacks);
  }

  close(data: unknown = {}, callbacks?: ICallbacks, _metadata?: object, buffers: Buffers = []): string {
    return this.outgoing.send("comm_close", { comm_id: this.comm_id, data }, buffers, callbacks);
  }

  /** A model asks for it in the middle of its making: what came before is told when that is done, and in order. */
  on_msg(listener: Listener): void {
    this.listener = listener;
    queueMicrotask(() => {
      const early = this.early ?? [];
      this.early = null;
      for (const message of early) this.listener(message);
    });
  }

  on_close(listener: Listener): void {
    this.closed = listener;
    if (this.over) queueMicrotask(() => this.end());
  }

  deliver(data: unknown, buffers: readonly ArrayBuffer[], by = ""): void {
    const message = this.message(data, buffers, by);
    if (this.early === null) this.listener(message);
    else this.early.push(message);
  }

  end(): void {
    this.over = true;
    this.closed(this.message({}, [], ""));
  }

  private message(data: unknown, buffers: readonly ArrayBuffer[], by: string): Delivered {
    return {
      content: { comm_id: this.comm_id, data },
      parent_header: { msg_id: by },
      buffers: buffers.map((buffer) => new DataView(buffer)),
      metadata: {},
    };
  }
}
