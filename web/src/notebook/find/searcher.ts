/**
 * Asks the worker, within a time: one request at a time, and of those that wait only the newest of its kind. A worker that
 * takes too long is ended, and the next request starts another one.
 */
import { LIMITS } from "../../wire/types";
import type { Found, Splice } from "./match";
import type { FromWorker, SearchWorker, ToWorker } from "./protocol";
import type { Query } from "./query";

/** Key and text. */
export type Text = readonly [string, string];
export type Texts<T> = readonly (readonly [string, readonly T[]])[];

export type Told<T> =
  | { readonly t: "told"; readonly value: T }
  /** The expression took too long. */
  | { readonly t: "slow" }
  /** A newer request came before this one was begun. */
  | { readonly t: "superseded" };

interface Request {
  readonly lane: string;
  readonly texts: readonly Text[];
  readonly message: (id: number) => ToWorker;
  readonly settle: (told: Told<FromWorker>) => void;
}

export interface SearcherPorts {
  readonly start: () => SearchWorker;
  /** What comes back calls it off. */
  readonly after: (ms: number, call: () => void) => () => void;
}

export class Searcher {
  private readonly ports: SearcherPorts;
  private worker: SearchWorker | null = null;
  private ready = false;
  private sent = new Map<string, string>();
  private current: { readonly id: number; readonly request: Request; readonly stop: () => void } | null = null;
  private waiting: readonly Request[] = [];
  private lastId = 0;

  constructor(ports: SearcherPorts) {
    this.ports = ports;
  }

  /** Matches in these texts, at most `most`, and how many there are in all. */
  async search(
    texts: readonly Text[],
    query: Query,
    most: number,
    lane: string,
  ): Promise<Told<{ readonly texts: Texts<Found>; readonly count: number }>> {
    const keys = texts.map(([key]) => key);
    const told = await this.ask(lane, texts, (id) => ({ t: "search", id, query, keys, most }));
    if (told.t !== "told") return told;
    return told.value.t === "found" ? { t: "told", value: told.value } : { t: "superseded" };
  }

  async replacements(texts: readonly Text[], query: Query, replacement: string): Promise<Told<Texts<Splice>>> {
    const keys = texts.map(([key]) => key);
    const told = await this.ask("replace", texts, (id) => ({ t: "replace", id, query, replacement, keys }));
    if (told.t !== "told") return told;
    return told.value.t === "splices" ? { t: "told", value: told.value.texts } : { t: "superseded" };
  }

  /** Ends the worker; what waits is superseded. */
  close(): void {
    const abandoned = [...(this.current === null ? [] : [this.current.request]), ...this.waiting];
    this.waiting = [];
    this.drop();
    for (const { settle } of abandoned) settle({ t: "superseded" });
  }

  private ask(lane: string, texts: readonly Text[], message: Request["message"]): Promise<Told<FromWorker>> {
    return new Promise((settle) => {
      const older = this.waiting.filter((request) => request.lane === lane);
      this.waiting = [...this.waiting.filter((request) => request.lane !== lane), { lane, texts, message, settle }];
      for (const request of older) request.settle({ t: "superseded" });
      this.next();
    });
  }

  private next(): void {
    const [request] = this.waiting;
    if (this.current !== null || request === undefined) return;
    this.worker ??= this.begin();
    if (!this.ready) return;
    this.waiting = this.waiting.slice(1);
    const id = (this.lastId += 1);
    this.sendTexts(this.worker, request);
    const stop = this.ports.after(LIMITS.FIND_SECONDS * 1000, () => {
      this.drop();
      request.settle({ t: "slow" });
      this.next();
    });
    this.current = { id, request, stop };
    this.worker.post(request.message(id));
  }

  private begin(): SearchWorker {
    const worker = this.ports.start();
    worker.listen((message) => {
      if (worker !== this.worker) return;
      if (message.t === "ready") this.ready = true;
      else this.settle(message);
      this.next();
    });
    return worker;
  }

  private settle(message: Exclude<FromWorker, { t: "ready" }>): void {
    const { current } = this;
    if (current?.id !== message.id) return;
    current.stop();
    this.current = null;
    current.request.settle({ t: "told", value: message });
  }

  /** Only what the worker does not have. Texts of another lane stay with it. */
  private sendTexts(worker: SearchWorker, { lane, texts }: Request): void {
    const now = new Map(texts);
    const set = texts.filter(([key, text]) => this.sent.get(key) !== text);
    const gone = lane === "replace" ? [] : [...this.sent.keys()].filter((key) => this.isOf(lane, key) && !now.has(key));
    if (set.length === 0 && gone.length === 0) return;
    for (const key of gone) this.sent.delete(key);
    for (const [key, text] of set) this.sent.set(key, text);
    worker.post({ t: "texts", set, gone });
  }

  private isOf(lane: string, key: string): boolean {
    return key.startsWith(`${lane}:`);
  }

  private drop(): void {
    this.current?.stop();
    this.current = null;
    this.worker?.end();
    this.worker = null;
    this.ready = false;
    this.sent = new Map();
  }
}
