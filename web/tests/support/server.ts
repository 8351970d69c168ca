/** The server's side of the page socket in memory: one document, one run state, sockets that a test can cut. */
import { decode, encode } from "@msgpack/msgpack";
import * as Y from "yjs";

import type { Socket, SocketEvents } from "../../src/net/connection";
import { complete } from "../../src/wire/complete";
import { type FromPage, type Op, type RunSnapshot, type ToPage, UNIONS, VERSION } from "../../src/wire/types";

export const EMPTY_RUNS: RunSnapshot = {
  rev: 0,
  kernel: null,
  runtime: null,
  saved: { at: null, pending: false, cause: null },
  executions: [],
  cells: [],
  prompts: [],
  widgets: [],
  threads: [],
  comments: [],
};

class ServerSocket implements Socket {
  private readonly server: MemoryServer;
  readonly events: SocketEvents;
  alive = true;

  constructor(server: MemoryServer, events: SocketEvents) {
    this.server = server;
    this.events = events;
  }

  send(data: Uint8Array): void {
    if (this.alive) this.server.receive(this, complete<FromPage>(decode(data), UNIONS.FromPage));
  }

  close(): void {
    this.alive = false;
  }
}

export class MemoryServer {
  doc = new Y.Doc();
  epoch = "e1";
  rev = 0;
  snapshot: RunSnapshot = EMPTY_RUNS;
  /** Every frame of pages, in order of arrival. */
  readonly heard: FromPage[] = [];
  /** False: the server takes updates and says nothing of them, as before a commit. */
  durable = true;
  /** False: commands get no answer. */
  answers = true;
  reachable = true;
  /** The code that it closes with instead of a welcome. */
  refusal: number | null = null;
  resumes = true;
  /** What pages may do. */
  capabilities: readonly string[] = ["view", "edit", "comment", "run", "share"];
  private sockets: ServerSocket[] = [];

  dial = (events: SocketEvents): Socket => {
    const socket = new ServerSocket(this, events);
    this.sockets.push(socket);
    queueMicrotask(() => {
      if (!socket.alive) return;
      if (this.reachable) events.opened();
      else this.cut(1006);
    });
    return socket;
  };

  get dialled(): number {
    return this.sockets.length;
  }

  /** Sends to the latest page. */
  send(frame: ToPage | Record<string, unknown>): void {
    const socket = this.sockets.at(-1);
    if (socket?.alive === true) socket.events.message(encode(frame));
  }

  ops(ops: readonly Op[]): void {
    const from = this.rev;
    this.rev += 1;
    this.send({ t: "ops", from_rev: from, rev: this.rev, ops });
  }

  cut(code = 1006, reason = ""): void {
    const socket = this.sockets.at(-1);
    if (socket === undefined) return;
    const told = socket.alive;
    socket.alive = false;
    if (told) socket.events.closed(code, reason);
  }

  replaceDocument(epoch: string): void {
    this.doc = new Y.Doc();
    this.epoch = epoch;
  }

  frames<T extends FromPage["t"]>(tag: T): Extract<FromPage, { t: T }>[] {
    return this.heard.filter((frame): frame is Extract<FromPage, { t: T }> => frame.t === tag);
  }

  receive(socket: ServerSocket, frame: FromPage): void {
    this.heard.push(frame);
    const reply = (answer: ToPage) => socket.events.message(encode(answer));
    switch (frame.t) {
      case "open": {
        if (this.refusal !== null) return this.cut(this.refusal);
        const fresh = frame.epoch !== this.epoch || frame.state_vector === null;
        const update = Y.encodeStateAsUpdate(this.doc, fresh ? undefined : frame.state_vector);
        const snapshot = this.resumes && frame.rev === this.rev ? null : { ...this.snapshot, rev: this.rev };
        const state_vector = Y.encodeStateVector(this.doc);
        const { epoch, rev } = this;
        reply({
          t: "welcome",
          version: VERSION,
          server: "s",
          epoch,
          fresh,
          update,
          state_vector,
          rev,
          snapshot,
          user: "ada",
          capabilities: this.capabilities,
          owner: "ada",
        });
        return;
      }
      case "update":
        // As the real one: it ends the connection.
        if (!this.capabilities.includes("edit")) return this.cut(4403, "not-allowed");
        Y.applyUpdate(this.doc, frame.update);
        if (this.durable) reply({ t: "durable", n: frame.n });
        return;
      case "ping":
        reply({ t: "pong" });
        return;
      case "need":
      case "presence":
      case "ask":
        return;
      default:
        if (this.answers) reply({ t: "done", id: frame.id });
    }
  }
}

/** Lets everything that waits on promises happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
