/**
 * A connection of the page, of a notebook or of a terminal: performs the effects of the pure machine in phase.ts on a socket
 * and timers.
 *
 * Knows frames only so far as its Protocol says: with which one it opens, by which it is open, and which is a refusal; it hands
 * everything else over. A socket that has gone silent (a slept laptop, a changed network) is found out by a probe, not waited
 * for.
 */
import { CLOSE_PROTOCOL, type Problem } from "../wire/types";
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

/** What the frames of one kind of connection are. */
export interface Protocol<Out, In> {
  encode(frame: Out): Uint8Array<ArrayBuffer>;
  /** Null for a frame that a newer server knows and this page does not. Throws for what is no frame. */
  decode(data: ArrayBuffer | Uint8Array): In | null;
  /** From this frame on the connection is open. */
  welcomes(frame: In): boolean;
  /** The server does not want it; `again`: in so many seconds it may. */
  refusal(frame: In): { readonly problem: Problem; readonly again: number | null } | null;
  /** Asks for a sign of life. */
  readonly probe: Out;
}

export interface ConnectionListener<Out, In> {
  /** What this page has, for the first frame. */
  hello(): Out;
  frame(frame: In): void;
  /** Called after every change of the phase. On leaving `open` whatever was not acknowledged is unknown. */
  phase(phase: Phase): void;
}

const QUIET_MS = 15_000;
const PROBE_MS = 10_000;

export class Connection<Out, In> {
  phase: Phase = { t: "connecting", attempt: 0, cause: null };
  private readonly ports: ConnectionPorts;
  private readonly protocol: Protocol<Out, In>;
  private readonly listener: ConnectionListener<Out, In>;
  private socket: Socket | null = null;
  /** Counts dials, so that events of a socket that was given up are not heard. */
  private dialled = 0;
  private cancelAlarm: (() => void) | null = null;
  private cancelWatch: (() => void) | null = null;
  private heardAt = 0;
  private probedAt: number | null = null;

  constructor(ports: ConnectionPorts, protocol: Protocol<Out, In>, listener: ConnectionListener<Out, In>) {
    this.ports = ports;
    this.protocol = protocol;
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
  send(frame: Out): boolean {
    if (this.phase.t !== "open" || this.socket === null) return false;
    this.socket.send(this.protocol.encode(frame));
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
        this.socket?.send(this.protocol.encode(this.listener.hello()));
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
    const refusal = this.protocol.refusal(frame);
    if (refusal !== null) {
      this.handle({ t: "refused", ...refusal });
      return;
    }
    if (this.phase.t !== "open" && this.protocol.welcomes(frame)) {
      this.handle({ t: "welcomed" });
      this.watch();
    }
    this.listener.frame(frame);
  }

  private decode(data: ArrayBuffer | Uint8Array): In | null {
    try {
      return this.protocol.decode(data);
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
    this.send(this.protocol.probe);
  }
}
