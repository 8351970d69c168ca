import { decode, encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";

import type { Socket, SocketEvents } from "../../src/net/connection";
import { type Screen, TerminalLink, type TerminalSize, type TerminalState } from "../../src/net/terminal-link";
import { isAnswer } from "../../src/net/terminal-protocol";
import { type FromTerminalPage, LIMITS, type ToTerminalPage } from "../../src/wire/types";
import { ManualClock } from "../support/clock";

/** Draws when it is told to. */
class PaperScreen implements Screen {
  text = "";
  size: TerminalSize | null = null;
  resets = 0;
  slow = false;
  private readonly waiting: (() => void)[] = [];

  write(data: Uint8Array, drawn: () => void): void {
    const draw = () => {
      this.text += new TextDecoder().decode(data);
      drawn();
    };
    if (this.slow) this.waiting.push(draw);
    else draw();
  }

  draw(count = Infinity): void {
    for (const draw of this.waiting.splice(0, count)) draw();
  }

  reset(): void {
    this.resets += 1;
    this.text = "";
  }

  resize(size: TerminalSize): void {
    this.size = size;
  }
}

class Desk {
  readonly clock = new ManualClock();
  readonly screen = new PaperScreen();
  readonly states: TerminalState[] = [];
  readonly sent: FromTerminalPage[] = [];
  dials = 0;
  private events: SocketEvents | null = null;
  readonly link = new TerminalLink(
    {
      dial: (events) => this.dial(events),
      timers: this.clock,
      random: () => 0.5,
      online: () => true,
      diagnose: () => Promise.resolve(null),
    },
    this.screen,
    (state) => this.states.push(state),
  );

  private dial(events: SocketEvents): Socket {
    this.dials += 1;
    this.events = events;
    queueMicrotask(() => events.opened());
    return { send: (data) => void this.sent.push(decode(data) as FromTerminalPage), close: () => undefined };
  }

  async open(): Promise<void> {
    this.link.start({ cols: 80, rows: 24 });
    await Promise.resolve();
  }

  hear(frame: Partial<ToTerminalPage> & { readonly t: ToTerminalPage["t"] }): void {
    this.events?.message(encode(frame));
  }

  cut(code = 1006): void {
    this.events?.closed(code, "");
  }

  output(text: string): void {
    this.hear({ t: "output", data: new TextEncoder().encode(text) });
  }

  begin(offset = 0, head = 0, fresh = true): void {
    this.hear({ t: "start", offset, head, cols: 80, rows: 24, fresh });
  }

  get state(): TerminalState | undefined {
    return this.states.at(-1);
  }

  typed(): string {
    const inputs = this.sent.filter((frame) => frame.t === "input");
    return inputs.map(({ data }) => new TextDecoder().decode(data)).join("");
  }

  acked(): number {
    return this.sent.reduce((sum, frame) => sum + (frame.t === "ack" ? frame.size : 0), 0);
  }
}

test("a page draws what comes, and goes on after a break with what it lacks", async () => {
  const desk = new Desk();
  await desk.open();
  expect(desk.sent[0]).toEqual({ t: "open", version: [1, 0], cols: 80, rows: 24, after: null });
  desk.begin(100, 103);
  expect(desk.state).toEqual({ t: "open" });
  desk.output("one");
  desk.output("two");
  desk.cut();
  expect(desk.state?.t).toBe("waiting");
  desk.clock.advance(1000);
  await Promise.resolve();
  expect(desk.sent.at(-1)).toMatchObject({ t: "open", after: 106 });
  desk.begin(106, 109, false);
  desk.output("three");
  expect(desk.screen.text).toBe("onetwothree");
  expect(desk.screen.resets).toBe(1);
});

test("a page that fell too far behind begins anew, with what was in force", async () => {
  const desk = new Desk();
  await desk.open();
  desk.begin();
  desk.output("old");
  const prelude = new TextEncoder().encode("\x1b[?25l");
  desk.hear({ t: "start", offset: 5000, head: 5003, cols: 100, rows: 30, fresh: true, prelude });
  desk.output("new");
  expect(desk.screen.text).toBe("\x1b[?25lnew");
  expect(desk.screen.size).toEqual({ cols: 100, rows: 30 });
  expect(desk.dials).toBe(1);
});

test("what is drawn is acknowledged, and what is not drawn is not", async () => {
  const desk = new Desk();
  await desk.open();
  desk.begin();
  desk.screen.slow = true;
  for (let n = 0; n < 4; n++) desk.output("x".repeat(60_000));
  expect(desk.acked()).toBe(0);
  desk.screen.draw();
  expect(desk.acked()).toBeGreaterThan(200_000);
  expect(desk.acked()).toBeLessThan(4 * 60_100 + 100);
});

test("what an earlier connection sent is not acknowledged to a later one", async () => {
  const desk = new Desk();
  await desk.open();
  desk.begin();
  desk.screen.slow = true;
  for (let n = 0; n < 3; n++) desk.output("x".repeat(60_000));
  desk.cut();
  desk.clock.advance(1000);
  await Promise.resolve();
  desk.begin(180_000, 180_000, false);
  desk.screen.draw();
  expect(desk.acked()).toBe(0);
});

test("a large paste goes as fast as the server takes it, whole and in order", async () => {
  const desk = new Desk();
  await desk.open();
  desk.begin();
  const paste = Array.from({ length: 40_000 }, (_, n) => String(n % 10)).join("") + "é".repeat(60_000);
  desk.link.type(paste);
  let taken = 0;
  for (let round = 0; round < 100; round++) {
    const inputs = desk.sent.filter((frame) => frame.t === "input");
    const sent = inputs.reduce((sum, { data }) => sum + data.length, 0);
    expect(sent - taken).toBeLessThanOrEqual(LIMITS.TERMINAL_INPUT_BYTES);
    if (sent === taken) break;
    desk.hear({ t: "taken", size: sent - taken });
    taken = sent;
  }
  expect(taken).toBe(160_000);
  const bytes = desk.sent.filter((frame) => frame.t === "input").flatMap(({ data }) => [...data]);
  expect(new TextDecoder().decode(Uint8Array.from(bytes))).toBe(paste);
});

test("what is typed while there is no connection is never sent", async () => {
  const desk = new Desk();
  await desk.open();
  desk.link.type("too early");
  desk.begin();
  desk.link.type("now");
  desk.cut();
  desk.link.type("rm -r *\r");
  desk.clock.advance(1000);
  await Promise.resolve();
  desk.begin(0, 0, false);
  expect(desk.typed()).toBe("now");
});

test("queries in history are not answered again; those that come now are, and marked", async () => {
  const desk = new Desk();
  await desk.open();
  desk.begin(0, 6);
  desk.screen.slow = true;
  desk.output("\x1b[6nab");
  desk.link.type("\x1b[1;1R");
  desk.screen.draw();
  expect(desk.typed()).toBe("");
  desk.link.type("\x1b[1;3R");
  desk.link.type("ls\r");
  expect(desk.sent.filter((frame) => frame.t === "input").map(({ answer }) => answer)).toEqual([true, false]);
});

test("the terminal takes the size of the page that is used", async () => {
  const desk = new Desk();
  await desk.open();
  desk.begin();
  desk.link.resize({ cols: 120, rows: 40 });
  desk.hear({ t: "sized", cols: 60, rows: 20 });
  expect(desk.screen.size).toEqual({ cols: 60, rows: 20 });
  desk.link.type("\x1b[1;1R");
  desk.link.type("x");
  desk.link.type("y");
  expect(desk.sent.filter(({ t }) => t === "resize")).toEqual([
    { t: "resize", cols: 120, rows: 40 },
    { t: "resize", cols: 120, rows: 40 },
  ]);
});

test("a shell that has ended stays as it is, and nothing is dialled again", async () => {
  const desk = new Desk();
  await desk.open();
  desk.begin();
  desk.hear({ t: "ended", exit: { at: 1, code: 3, signal: "" } });
  desk.cut(1000);
  desk.link.wake();
  desk.link.tryNow();
  desk.clock.advance(60_000);
  expect(desk.state).toEqual({ t: "ended", exit: { at: 1, code: 3, signal: "" } });
  expect(desk.dials).toBe(1);
});

test("a runtime that cannot be reached is waited for; one that is gone is told, and tried again when asked", async () => {
  const problem = { code: "runtime-unreachable", title: "Away.", detail: "", status: 409 };
  const desk = new Desk();
  await desk.open();
  desk.hear({ t: "refused", problem, again: true });
  expect(desk.state).toMatchObject({ t: "waiting", cause: { code: "refused", problem } });
  desk.clock.advance(1000);
  await Promise.resolve();
  expect(desk.dials).toBe(2);
  desk.hear({ t: "refused", problem: { ...problem, code: "no-runtime" } });
  expect(desk.state).toMatchObject({ t: "refused", problem: { code: "no-runtime" } });
  desk.clock.advance(60_000);
  expect(desk.dials).toBe(2);
  desk.link.tryNow();
  expect(desk.dials).toBe(3);
});

test("a socket that went silent is found out and replaced", async () => {
  const desk = new Desk();
  await desk.open();
  desk.begin();
  desk.clock.advance(20_000);
  expect(desk.sent.at(-1)).toEqual({ t: "ping" });
  desk.clock.advance(20_000);
  expect(desk.dials).toBeGreaterThan(1);
});

test("answers of a terminal are told from keys", () => {
  for (const answer of [
    "\x1b[?1;2c",
    "\x1b[>0;276;0c",
    "\x1b[0n",
    "\x1b[24;80R",
    "\x1b[?2004;1$y",
    "\x1b]11;rgb:1313/1313/1818\x1b\\",
    "\x1bP1$r0m\x1b\\",
    "\x1b[1;1R\x1b[?1;2c",
  ]) {
    expect(isAnswer(answer), JSON.stringify(answer)).toBe(true);
  }
  for (const key of [
    "a",
    "\r",
    "\x1b",
    "\x1b[A",
    "\x1bOP",
    "\x1b[200~pasted\x1b[201~",
    "\x1b[<0;1;1M",
    "\x1b[I",
    "c",
  ]) {
    expect(isAnswer(key), JSON.stringify(key)).toBe(false);
  }
});
