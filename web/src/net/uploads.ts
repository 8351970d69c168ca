/**
 * Uploads, to the runtime or to Drive: a queue that survives broken connections, restarts of the server, and a closed lid.
 *
 *   waiting -> sending <-> paused -> done         any -> failed, cancelled
 *
 * What has arrived lies with the other side, which says where an upload stands: so after any break it is asked, and the rest is
 * sent. Knows no browser: bytes are sent by a port that tells how far it is.
 */
import type { Problem } from "../wire/types";
import { retryDelay } from "./backoff";
import type { Timers } from "./connection";
import { ProblemError } from "./rest";

/** One request. The other side syncs its disk once in each, and keeps what came of one that was broken off. */
export const UPLOAD_PIECE = 32 * 1024 * 1024;
/** Problems that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set([
  "unreachable",
  "runtime-unreachable",
  "runtime-busy",
  "transfer-given-up",
  "storage-unavailable",
  "too-many-uploads",
]);
/** Those that a person can mend, and then go on. */
const MENDABLE: ReadonlySet<string> = new Set(["runtime-disk-full", "quota-reached", "disk-full"]);

/** `File` is what the other side says of a file that has arrived whole. */
export type UploadState<File> =
  | { readonly t: "waiting" }
  | { readonly t: "sending" }
  | { readonly t: "paused"; readonly problem: Problem | null }
  | { readonly t: "done"; readonly file: File }
  | { readonly t: "failed"; readonly problem: Problem };

export interface Upload<File> {
  readonly id: string;
  readonly path: string;
  readonly size: number;
  readonly sent: number;
  readonly state: UploadState<File>;
}

/** What is to be sent, and whatever else the other side is told of it at the beginning. */
export interface Wanted {
  readonly path: string;
  readonly content: Blob;
}

/** How far an upload is; with a file, it is over. */
export interface Standing<File> {
  readonly offset: number;
  readonly file: File | null;
}

/** Bytes on their way. */
export interface Sending<Standing> {
  /** Rejects with a ProblemError; also when it was aborted. */
  readonly done: Promise<Standing>;
  abort(): void;
}

export interface UploadPorts<What extends Wanted, File> {
  /** Idempotent: asked again where the answer was lost. */
  begin(id: string, wanted: What): Promise<Standing<File>>;
  state(id: string): Promise<Standing<File>>;
  drop(id: string): Promise<void>;
  send(id: string, offset: number, piece: Blob, progress: (sent: number) => void): Sending<Standing<File>>;
  readonly timers: Timers;
  readonly random: () => number;
  readonly newId: () => string;
  /** Something has arrived whole. */
  readonly arrived: (file: File) => void;
  readonly atOnce: number;
}

interface Job<What, File> {
  readonly wanted: What;
  upload: Upload<File>;
  begun: boolean;
  /** Raised by whatever stops it, so that an answer that comes late means nothing. */
  turn: number;
  attempt: number;
  sending: Sending<Standing<File>> | null;
  cancelRetry: (() => void) | null;
}

type Listener = () => void;

export class Uploads<What extends Wanted, File> {
  private readonly ports: UploadPorts<What, File>;
  private readonly listeners = new Set<Listener>();
  private jobs: Job<What, File>[] = [];
  private shown: readonly Upload<File>[] = [];

  constructor(ports: UploadPorts<What, File>) {
    this.ports = ports;
  }

  read = (): readonly Upload<File>[] => this.shown;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Something is not done that would be lost with this page. */
  get busy(): boolean {
    return this.jobs.some(({ upload }) => ["waiting", "sending", "paused"].includes(upload.state.t));
  }

  add(all: readonly What[]): void {
    for (const wanted of all) {
      const id = this.ports.newId();
      const { path, content } = wanted;
      const upload: Upload<File> = { id, path, size: content.size, sent: 0, state: { t: "waiting" } };
      this.jobs.push({ wanted, upload, begun: false, turn: 0, attempt: 0, sending: null, cancelRetry: null });
    }
    this.next();
  }

  pause(id: string): void {
    const job = this.find(id);
    if (job === undefined || (job.upload.state.t !== "sending" && job.upload.state.t !== "waiting")) return;
    this.halt(job);
    this.become(job, { t: "paused", problem: null });
    this.next();
  }

  resume(id: string): void {
    const job = this.find(id);
    if (job?.upload.state.t !== "paused") return;
    this.halt(job);
    this.become(job, { t: "waiting" });
    this.next();
  }

  /** From the beginning, after it failed. */
  again(id: string): void {
    const job = this.find(id);
    if (job?.upload.state.t !== "failed") return;
    this.jobs = this.jobs.filter((other) => other !== job);
    this.add([job.wanted]);
  }

  /** Give it up, or take what is over from the list. */
  cancel(id: string): void {
    const job = this.find(id);
    if (job === undefined) return;
    this.halt(job);
    this.jobs = this.jobs.filter((other) => other !== job);
    if (job.begun && job.upload.state.t !== "done") void this.ports.drop(id).catch(() => undefined);
    this.tell();
    this.next();
  }

  /** Take what is done from the list. */
  clearDone(): void {
    this.jobs = this.jobs.filter(({ upload }) => upload.state.t !== "done");
    this.tell();
  }

  /** The network came back: what waits for it tries at once. */
  wake(): void {
    for (const job of this.jobs) {
      const { state } = job.upload;
      if (state.t === "paused" && state.problem !== null && PASSING.has(state.problem.code)) this.resume(job.upload.id);
    }
  }

  private find(id: string): Job<What, File> | undefined {
    return this.jobs.find(({ upload }) => upload.id === id);
  }

  private next(): void {
    const sending = this.jobs.filter(({ upload }) => upload.state.t === "sending").length;
    const waiting = this.jobs.filter(({ upload }) => upload.state.t === "waiting");
    for (const job of waiting.slice(0, Math.max(0, this.ports.atOnce - sending))) void this.work(job);
    this.tell();
  }

  private async work(job: Job<What, File>): Promise<void> {
    const turn = ++job.turn;
    const current = () => turn === job.turn;
    this.become(job, { t: "sending" });
    try {
      let info = await this.place(job);
      while (current() && info.file === null) {
        this.progress(job, info.offset);
        const { offset } = info;
        const piece = job.wanted.content.slice(offset, offset + UPLOAD_PIECE);
        if (piece.size === 0 && offset < job.upload.size) throw new Error("the file has become shorter");
        job.sending = this.ports.send(job.upload.id, offset, piece, (sent) => {
          if (current()) this.progress(job, offset + sent);
        });
        info = await job.sending.done;
        job.attempt = 0;
      }
      if (!current() || info.file === null) return;
      this.progress(job, job.upload.size);
      this.become(job, { t: "done", file: info.file });
      this.ports.arrived(info.file);
    } catch (error) {
      if (current()) this.fail(job, error);
    }
    if (current()) this.next();
  }

  /** Where it stands; begun if it is not. */
  private async place(job: Job<What, File>): Promise<Standing<File>> {
    const { id } = job.upload;
    if (job.begun) return this.ports.state(id);
    const info = await this.ports.begin(id, job.wanted);
    job.begun = true;
    // Given up meanwhile: only now there is something to drop.
    if (info.file === null && !this.jobs.includes(job)) void this.ports.drop(id).catch(() => undefined);
    return info;
  }

  private fail(job: Job<What, File>, error: unknown): void {
    const problem: Problem =
      error instanceof ProblemError
        ? error.problem
        : { code: "file-unreadable", title: String(error), detail: "", status: 0 };
    // It stands elsewhere than this page thought: it is asked where.
    const passing = PASSING.has(problem.code) || problem.code === "upload-offset" || problem.status >= 502;
    if (!passing && !MENDABLE.has(problem.code)) return this.become(job, { t: "failed", problem });
    this.become(job, { t: "paused", problem });
    if (!passing) return;
    const delay = retryDelay(job.attempt++, this.ports.random());
    job.cancelRetry = this.ports.timers.after(delay, () => this.resume(job.upload.id));
  }

  private halt(job: Job<What, File>): void {
    job.turn += 1;
    job.cancelRetry?.();
    job.cancelRetry = null;
    job.sending?.abort();
    job.sending = null;
  }

  private progress(job: Job<What, File>, sent: number): void {
    job.upload = { ...job.upload, sent };
    this.tell();
  }

  private become(job: Job<What, File>, state: UploadState<File>): void {
    job.upload = { ...job.upload, state };
    this.tell();
  }

  private tell(): void {
    this.shown = this.jobs.map(({ upload }) => upload);
    for (const listener of this.listeners) listener();
  }
}
