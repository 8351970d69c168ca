import { expect, test } from "vitest";

import { ProblemError, UNREACHABLE } from "../../src/net/rest";
import type { FileInfo, UploadInfo } from "../../src/net/runtime-rest";
import { UPLOAD_PIECE, Uploads } from "../../src/net/uploads";
import { ManualClock } from "../support/clock";

const problem = (code: string, status = 409) => new ProblemError({ code, title: code, detail: "", status });
const fileOf = (path: string, size: number): FileInfo => ({
  path,
  name: path,
  kind: "file",
  size,
  modified_at: "",
  version: "v",
  link: false,
});
/** Lets everything that can go on go on. */
const settled = async () => {
  for (let n = 0; n < 30; n++) await Promise.resolve();
};

/** A runtime: keeps what arrives. `away`: nothing is answered. */
class Runtime {
  readonly parts = new Map<string, { path: string; size: number; bytes: Blob[]; offset: number }>();
  readonly clock = new ManualClock();
  readonly arrived: string[] = [];
  readonly requests: string[] = [];
  away = false;
  refusal: ProblemError | null = null;
  /** Of the next requests with bytes, so much arrives before the connection breaks. */
  readonly breaks: number[] = [];
  hold = false;
  private readonly held: (() => void)[] = [];
  private ids = 0;
  readonly uploads = new Uploads<{ path: string; content: Blob }, FileInfo>({
    begin: (id, { path, content }) => this.answer("begin", id, () => this.begin(id, path, content.size)),
    state: (id) => this.answer("state", id, () => this.info(id)),
    drop: (id) => this.answer("drop", id, () => void this.parts.delete(id)),
    send: (id, offset, piece, progress) => this.take(id, offset, piece, progress),
    timers: this.clock,
    random: () => 0.5,
    newId: () => `u${++this.ids}`,
    arrived: ({ path }) => this.arrived.push(path),
    atOnce: 2,
  });

  add(...sizes: number[]): void {
    this.uploads.add(sizes.map((size, n) => ({ path: `f${n}`, content: new Blob([new Uint8Array(size)]) })));
  }

  states(): string[] {
    return this.uploads.read().map(({ state }) => state.t);
  }

  release(): void {
    this.hold = false;
    for (const go of this.held.splice(0)) go();
  }

  private async answer<T>(what: string, id: string, make: () => T): Promise<T> {
    this.requests.push(`${what} ${id}`);
    await Promise.resolve();
    if (this.away) throw new ProblemError(UNREACHABLE);
    if (this.refusal !== null) throw this.refusal;
    return make();
  }

  private begin(id: string, path: string, size: number): UploadInfo {
    if (!this.parts.has(id)) this.parts.set(id, { path, size, bytes: [], offset: 0 });
    return this.info(id);
  }

  private info(id: string): UploadInfo {
    const part = this.parts.get(id);
    if (part === undefined) throw problem("upload-not-found", 404);
    const { path, size, offset } = part;
    return { id, offset, size, file: offset === size ? fileOf(path, size) : null };
  }

  private take(id: string, offset: number, piece: Blob, progress: (sent: number) => void) {
    let aborted = false;
    const done = this.answer(`send ${offset}+${piece.size}`, id, () => this.info(id)).then(async (info) => {
      if (this.hold) await new Promise<void>((go) => this.held.push(go));
      const part = this.parts.get(id);
      if (part === undefined) throw problem("upload-not-found", 404);
      if (info.offset !== offset) throw problem("upload-offset");
      const broken = this.breaks.shift();
      const taken = Math.min(piece.size, broken ?? piece.size);
      part.offset += taken;
      part.bytes.push(piece.slice(0, taken));
      progress(taken);
      if (broken !== undefined || aborted) throw new ProblemError(UNREACHABLE);
      return this.info(id);
    });
    return { done, abort: () => void (aborted = true) };
  }
}

test("files go in pieces, two at a time, and each arrives whole", async () => {
  const runtime = new Runtime();
  runtime.hold = true;
  runtime.add(UPLOAD_PIECE * 2 + 5, 10, 20);
  await settled();
  expect(runtime.states()).toEqual(["sending", "sending", "waiting"]);
  runtime.release();
  await settled();
  expect(runtime.states()).toEqual(["done", "done", "done"]);
  expect(runtime.arrived.sort()).toEqual(["f0", "f1", "f2"]);
  expect(runtime.requests.filter((request) => request.endsWith("u1"))).toEqual([
    "begin u1",
    `send 0+${UPLOAD_PIECE} u1`,
    `send ${UPLOAD_PIECE}+${UPLOAD_PIECE} u1`,
    `send ${UPLOAD_PIECE * 2}+5 u1`,
  ]);
  expect(runtime.uploads.busy).toBe(false);
});

test("after a break the runtime is asked where it stands, and the rest is sent", async () => {
  const runtime = new Runtime();
  runtime.breaks.push(300, 0);
  runtime.add(1000);
  await settled();
  expect(runtime.uploads.read()[0]).toMatchObject({
    sent: 300,
    state: { t: "paused", problem: { code: "unreachable" } },
  });
  runtime.clock.advance(2_000);
  await settled();
  runtime.clock.advance(5_000);
  await settled();
  expect(runtime.states()).toEqual(["done"]);
  expect(runtime.requests).toEqual([
    "begin u1",
    "send 0+1000 u1",
    "state u1",
    "send 300+700 u1",
    "state u1",
    "send 300+700 u1",
  ]);
});

test("while the server is away it waits longer and longer, and the network's return wakes it at once", async () => {
  const runtime = new Runtime();
  runtime.away = true;
  runtime.add(10);
  await settled();
  for (let n = 0; n < 6; n++) {
    runtime.clock.advance(15_000);
    await settled();
  }
  expect(runtime.states()).toEqual(["paused"]);
  const asked = runtime.requests.length;
  expect(asked).toBeGreaterThan(4);
  runtime.away = false;
  runtime.uploads.wake();
  await settled();
  expect(runtime.states()).toEqual(["done"]);
});

test("a person's pause stays until it is resumed, and leaves its place to the next", async () => {
  const runtime = new Runtime();
  runtime.hold = true;
  runtime.add(10, 20, 30);
  await settled();
  runtime.uploads.pause("u1");
  await settled();
  expect(runtime.states()).toEqual(["paused", "sending", "sending"]);
  runtime.release();
  runtime.uploads.wake();
  runtime.clock.advance(60_000);
  await settled();
  expect(runtime.states()).toEqual(["paused", "done", "done"]);
  runtime.uploads.resume("u1");
  await settled();
  expect(runtime.states()).toEqual(["done", "done", "done"]);
});

test("what was given up is dropped at the runtime, and an answer that comes late means nothing", async () => {
  const runtime = new Runtime();
  runtime.hold = true;
  runtime.add(10);
  await settled();
  runtime.uploads.cancel("u1");
  runtime.release();
  await settled();
  expect(runtime.uploads.read()).toEqual([]);
  expect(runtime.arrived).toEqual([]);
  expect(runtime.requests.at(-1)).toBe("drop u1");
});

test("a refusal fails it, and trying again begins anew", async () => {
  const runtime = new Runtime();
  runtime.refusal = problem("file-exists");
  runtime.add(10);
  await settled();
  expect(runtime.uploads.read()[0]?.state).toMatchObject({ t: "failed", problem: { code: "file-exists" } });
  expect(runtime.uploads.busy).toBe(false);
  runtime.refusal = null;
  runtime.uploads.again("u1");
  await settled();
  expect(runtime.states()).toEqual(["done"]);
});

test("a full disk waits for a person", async () => {
  const runtime = new Runtime();
  runtime.refusal = problem("runtime-disk-full", 507);
  runtime.add(10);
  await settled();
  runtime.clock.advance(60_000);
  runtime.uploads.wake();
  await settled();
  expect(runtime.states()).toEqual(["paused"]);
  runtime.refusal = null;
  runtime.uploads.resume("u1");
  await settled();
  expect(runtime.states()).toEqual(["done"]);
});

test("a runtime that knows nothing of it any more fails it", async () => {
  const runtime = new Runtime();
  runtime.breaks.push(3);
  runtime.add(10);
  await settled();
  runtime.parts.clear();
  runtime.clock.advance(5_000);
  await settled();
  expect(runtime.uploads.read()[0]?.state).toMatchObject({ t: "failed", problem: { code: "upload-not-found" } });
});

test("what was given up while it was begun is dropped as soon as it is there", async () => {
  const runtime = new Runtime();
  runtime.add(10);
  runtime.uploads.cancel("u1");
  await settled();
  expect(runtime.uploads.read()).toEqual([]);
  expect(runtime.requests).toEqual(["begin u1", "drop u1"]);
  expect(runtime.parts.size).toBe(0);
});
