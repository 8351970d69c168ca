/**
 * The connection of one notebook page: performs the effects of the pure machine in phase.ts on a socket and timers.
 *
 * Knows frames only so far as it must: it opens with Open, is open from Welcome on, and hands everything else over.
 * A socket that has gone silent (a slept laptop, a changed network) is found out by a probe, not waited for.
 */
import { CLOSE_PROTOCOL, type FromPage, type Open, type Problem, type ToPage } from "../wire/types";
import { decodeFrame, encodeFrame } from "./codec";
import { type Phase, type PhaseEvent, step } from "./phase";

export interface Socket {
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  message(data: ArrayBuffer | Uint8Array): void;
  closed(code: number, reason: string): void;
}

export interface Timers {
  now(): number;
  /** Calls back once after `ms`; the result cancels. */
  after(ms: number, call: () => void): () => void;
}

export interface ConnectionPorts {
  readonly dial: (events: SocketEvents) => Socket;
  readonly timers: Timers;
  readonly random: () => number;
  readonly online: () => boolean;
  /** Asks over HTTP why a socket could not be opened: the refusal, or null when the server is just not there. */
  readonly diagnose: () => Promise<Problem | null>;
}

export interface ConnectionListener {
  /** What this page has, for the first frame. */
  hello(): Open;
  frame(frame: ToPage): void;
  /** Called after every change of the phase. On leaving `open` whatever was not acknowledged is unknown. */
  phase(phase: Phase): void;
}

const QUIET_MS = 15_000;
const PROBE_MS = 10_000;
const PROBE: FromPage = { t: "ping" };

export class Connection {
  phase: Phase = { t: "connecting", attempt: 0, cause: null };
  private readonly ports: ConnectionPorts;
  private readonly listener: ConnectionListener;
  private socket: Socket | null = null;
  /** Counts dials, so that events of a socket that was given up are not heard. */
  private dialled = 0;
  private cancelAlarm: (() => void) | null = null;
  private cancelWatch: (() => void) | null = null;
  private heardAt = 0;
  private probedAt: number | null = null;

  constructor(ports: ConnectionPorts, listener: ConnectionListener) {
    this.ports = ports;
    this.listener = listener;
  }

  start(): void {
    this.handle({ t: "start" });
  }

  stop(): void {
    this.handle({ t: "stop" });
  }

  tryNow(): void {
    this.handle({ t: "tryNow" });
  }

  /** The network came back, or the page is looked at again: connect now, or make sure that the socket still lives. */
  wake(): void {
    if (this.phase.t === "open" && this.ports.timers.now() - this.heardAt > QUIET_MS / 3) this.probe();
    this.handle({ t: "wake" });
  }

  /** The network may be gone. A server on this machine would still answer, so it is asked before anything is given up. */
  check(): void {
    this.probe();
  }

  /** The server said that this connection is over for the document: open anew. */
  reopen(): void {
    this.handle({ t: "lost", cause: { code: "new-epoch" } });
    this.handle({ t: "tryNow" });
  }

  /** Sends when open. What must not be lost is kept by the caller until it is acknowledged. */
  send(frame: FromPage): boolean {
    if (this.phase.t !== "open" || this.socket === null) return false;
    this.socket.send(encodeFrame(frame));
    return true;
  }

  private handle(event: PhaseEvent): void {
    const around = { now: this.ports.timers.now(), random: this.ports.random(), online: this.ports.online() };
    const before = this.phase;
    const { phase, effects } = step(before, event, around);
    this.phase = phase;
    for (const effect of effects) {
      if (effect.t === "dial") this.dial();
      else if (effect.t === "hangUp") this.hangUp();
      else this.setAlarm(effect.t === "setAlarm" ? effect.at - around.now : null);
    }
    if (phase !== before) this.listener.phase(phase);
  }

  private setAlarm(ms: number | null): void {
    this.cancelAlarm?.();
    this.cancelAlarm = ms === null ? null : this.ports.timers.after(ms, () => this.handle({ t: "due" }));
  }

  private dial(): void {
    this.hangUp();
    const number = ++this.dialled;
    const current = () => number === this.dialled;
    let opened = false;
    this.socket = this.ports.dial({
      opened: () => {
        if (!current()) return;
        opened = true;
        this.socket?.send(encodeFrame(this.listener.hello()));
      },
      message: (data) => {
        if (current()) this.hear(data);
      },
      closed: (code, reason) => {
        if (!current()) return;
        this.handle({ t: "closed", code, reason });
        if (!opened) void this.askWhy(number);
      },
    });
  }

  /** Browsers do not tell why an upgrade was refused; HTTP does. */
  private async askWhy(number: number): Promise<void> {
    const problem = await this.ports.diagnose().catch(() => null);
    if (problem !== null && this.phase.t === "waiting" && number === this.dialled) {
      this.handle({ t: "refused", problem, again: null });
    }
  }

  private hangUp(): void {
    this.cancelWatch?.();
    this.cancelWatch = null;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private hear(data: ArrayBuffer | Uint8Array): void {
    this.heardAt = this.ports.timers.now();
    this.probedAt = null;
    const frame = this.decode(data);
    if (frame === null) return;
    if (frame.t === "refused") {
      this.handle({ t: "refused", problem: frame.problem, again: frame.again });
      return;
    }
    if (frame.t === "welcome") {
      this.handle({ t: "welcomed" });
      this.watch();
    }
    this.listener.frame(frame);
  }

  private decode(data: ArrayBuffer | Uint8Array): ToPage | null {
    try {
      return decodeFrame(data);
    } catch {
      this.handle({ t: "closed", code: CLOSE_PROTOCOL, reason: "" });
      return null;
    }
  }

  private watch(): void {
    this.cancelWatch?.();
    this.cancelWatch = this.ports.timers.after(PROBE_MS / 2, () => {
      const now = this.ports.timers.now();
      if (this.probedAt !== null && now - this.probedAt >= PROBE_MS) {
        this.handle({ t: "lost", cause: { code: this.ports.online() ? "silent" : "offline" } });
        return;
      }
      if (this.probedAt === null && now - this.heardAt >= QUIET_MS) this.probe();
      this.watch();
    });
  }

  private probe(): void {
    if (this.probedAt !== null || this.phase.t !== "open") return;
    this.probedAt = this.ports.timers.now();
    this.send(PROBE);
  }
}
