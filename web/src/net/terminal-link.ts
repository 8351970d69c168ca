/**
 * A page at one terminal of the runtime: the output with its place, the keys, credit both ways, and going on after a break.
 *
 * Knows no xterm: a Screen draws. Output is acknowledged when it is drawn, by which the program is held up if this page does
 * not keep pace; of input, so much is on its way as the server has room for, and the rest of a large paste waits here. What
 * is typed while there is no connection is refused, never sent later.
 */
import { type FromTerminalPage, LIMITS, type Problem, TERMINAL_VERSION, type TerminalExit } from "../wire/types";
import { Connection, type ConnectionPorts } from "./connection";
import type { LossCause, Phase } from "./phase";
import { type Heard, isAnswer, TERMINAL_PROTOCOL } from "./terminal-protocol";

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

export interface Screen {
  /** `drawn` is called when it has been understood; queries in it are answered before that. */
  write(data: Uint8Array, drawn: () => void): void;
  /** Forget everything, and begin with an empty screen. */
  reset(): void;
  resize(size: TerminalSize): void;
}

export type TerminalState =
  | { readonly t: "connecting" }
  | { readonly t: "open" }
  | { readonly t: "waiting"; readonly cause: LossCause; readonly retryAt: number }
  /** The shell is gone; its screen stays. */
  | { readonly t: "ended"; readonly exit: TerminalExit }
  /** There is no such terminal any more, or no runtime. */
  | { readonly t: "refused"; readonly problem: Problem };

const ACK_BYTES = 64 * 1024;
const INPUT_FRAME_BYTES = 16 * 1024;

export class TerminalLink {
  private readonly connection: Connection<FromTerminalPage, Heard>;
  private readonly screen: Screen;
  private readonly listener: (state: TerminalState) => void;
  private state: TerminalState = { t: "connecting" };
  private turn = 0;
  /** Output before this has come. */
  private offset: number | null = null;
  private drawnTo = 0;
  /** Output before this is history: nothing in it is answered. */
  private head = 0;
  private drawnBytes = 0;
  private wanted: TerminalSize = { cols: 80, rows: 24 };
  private actual: TerminalSize = { cols: 0, rows: 0 };
  private readonly encoder = new TextEncoder();
  private input: { readonly data: Uint8Array<ArrayBuffer>; readonly answer: boolean }[] = [];
  private onItsWay = 0;

  constructor(ports: ConnectionPorts, screen: Screen, listener: (state: TerminalState) => void) {
    this.screen = screen;
    this.listener = listener;
    this.connection = new Connection(ports, TERMINAL_PROTOCOL, {
      hello: () => ({ t: "open", version: TERMINAL_VERSION, ...this.wanted, after: this.offset }),
      frame: (heard) => this.hear(heard),
      phase: (phase) => this.follow(phase),
    });
  }

  start(size: TerminalSize): void {
    this.wanted = size;
    this.connection.start();
  }

  stop(): void {
    this.connection.stop();
  }

  /** The network came back, or the page is looked at again. */
  wake(): void {
    if (this.state.t !== "ended") this.connection.wake();
  }

  /** After a refusal: a runtime has been connected, say. */
  tryNow(): void {
    if (this.state.t !== "ended") this.connection.tryNow();
  }

  /** This page has room for so much. */
  resize(size: TerminalSize): void {
    this.wanted = size;
    this.claimSize();
  }

  /** What xterm sends: keys, pastes, and its answers. */
  type(data: string): void {
    const answer = isAnswer(data);
    // Old questions were answered when they were asked.
    if (answer && this.drawnTo < this.head) return;
    this.put(this.encoder.encode(data), answer);
  }

  /** Bytes as they are: mouse reports of the oldest kind. */
  typeBytes(data: string): void {
    this.put(
      Uint8Array.from(data, (char) => char.charCodeAt(0) & 0xff),
      false,
    );
  }

  private put(data: Uint8Array<ArrayBuffer>, answer: boolean): void {
    if (this.state.t !== "open") return;
    if (!answer) this.claimSize();
    for (let at = 0; at < data.length; at += INPUT_FRAME_BYTES) {
      this.input.push({ data: data.slice(at, at + INPUT_FRAME_BYTES), answer });
    }
    this.pump();
  }

  private pump(): void {
    for (let next = this.input[0]; next !== undefined; next = this.input[0]) {
      if (this.onItsWay > 0 && this.onItsWay + next.data.length > LIMITS.TERMINAL_INPUT_BYTES) return;
      this.input.shift();
      this.onItsWay += next.data.length;
      this.connection.send({ t: "input", ...next });
    }
  }

  /** The terminal has the size of the page that was used last. */
  private claimSize(): void {
    if (this.state.t !== "open") return;
    if (this.wanted.cols === this.actual.cols && this.wanted.rows === this.actual.rows) return;
    this.actual = this.wanted;
    this.connection.send({ t: "resize", ...this.wanted });
  }

  private hear({ frame, size }: Heard): void {
    switch (frame.t) {
      case "start":
        this.begin(frame.offset, frame.head, frame.fresh ? frame.prelude : null);
        this.sized(frame);
        this.drawn(size);
        return;
      case "output":
        this.output(frame.data, size);
        return;
      case "sized":
        this.sized(frame);
        this.drawn(size);
        return;
      case "taken":
        this.onItsWay = Math.max(0, this.onItsWay - frame.size);
        this.pump();
        return;
      case "ended":
        this.become({ t: "ended", exit: frame.exit });
        this.connection.stop();
        return;
      case "pong":
      case "refused":
        return;
    }
  }

  private begin(offset: number, head: number, prelude: Uint8Array | null): void {
    this.offset = offset;
    this.head = head;
    if (prelude === null) return;
    this.drawnTo = 0;
    this.screen.reset();
    if (prelude.length > 0) this.screen.write(prelude, () => undefined);
  }

  private output(data: Uint8Array, size: number): void {
    const end = (this.offset ?? 0) + data.length;
    const { turn } = this;
    this.offset = end;
    this.screen.write(data, () => {
      this.drawnTo = end;
      // Credit is of one connection: what the last one sent is owed to nobody.
      if (turn === this.turn) this.drawn(size);
    });
  }

  private drawn(size: number): void {
    this.drawnBytes += size;
    if (this.drawnBytes < ACK_BYTES) return;
    this.connection.send({ t: "ack", size: this.drawnBytes });
    this.drawnBytes = 0;
  }

  private sized({ cols, rows }: TerminalSize): void {
    this.actual = { cols, rows };
    this.screen.resize(this.actual);
  }

  private follow(phase: Phase): void {
    if (this.state.t === "ended") return;
    if (phase.t !== "open") {
      this.turn += 1;
      this.input = [];
      this.onItsWay = 0;
      this.drawnBytes = 0;
    }
    if (phase.t === "connecting") this.become({ t: "connecting" });
    else if (phase.t === "open") this.become({ t: "open" });
    else if (phase.t === "waiting") this.become({ t: "waiting", cause: phase.cause, retryAt: phase.retryAt });
    else if (phase.t === "refused") this.become({ t: "refused", problem: phase.problem });
  }

  private become(state: TerminalState): void {
    this.state = state;
    this.listener(state);
  }
}
