/**
 * The lines of one long text as a page may want them: fetched a page at a time, kept within a bound, renewed where the
 * text may still change. Plain TypeScript; the server is a function that comes from outside.
 */
import { type AnsiStyle, parseAnsi, PLAIN } from "../../../runs/ansi";
import type { LogLines } from "../../../net/rest";

export interface LogLine {
  readonly text: string;
  /** The style in which the line before it ended. */
  readonly start: AnsiStyle;
  /** The whole length of a line of which only the start was sent. */
  readonly cut: number | null;
}

export type FetchLines = (first: number, count: number, signal: AbortSignal) => Promise<LogLines>;

export const PAGE_LINES = 400;
const MOST_CHARS = 8_000_000;
const AT_ONCE = 2;

interface Page {
  readonly lines: readonly LogLine[];
  readonly chars: number;
  /** Every line of it is finished, and there will be no more in it. */
  readonly settled: boolean;
}

export type LogState = "loading" | "ready" | "gone";
type Listener = () => void;

export class LogSource {
  private readonly fetchLines: FetchLines;
  private readonly pages = new Map<number, Page>();
  private readonly stale = new Set<number>();
  private readonly underway = new Map<number, AbortController>();
  private readonly listeners = new Set<Listener>();
  private wanted: readonly number[] = [];
  private count = 0;
  private stateNow: LogState = "loading";
  private changes = 0;

  constructor(fetchLines: FetchLines) {
    this.fetchLines = fetchLines;
  }

  get total(): number {
    return this.count;
  }

  get state(): LogState {
    return this.stateNow;
  }

  /** Another number whenever something that can be read here has changed. */
  version = (): number => this.changes;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Null while it has not come. */
  line(number: number): LogLine | null {
    return this.pages.get(Math.floor(number / PAGE_LINES))?.lines[number % PAGE_LINES] ?? null;
  }

  /** These lines are in sight: their pages are fetched, and none that was wanted before and is not any more. */
  want(from: number, to: number): void {
    const first = Math.max(0, Math.floor(from / PAGE_LINES));
    const last = Math.max(first, Math.floor(Math.max(0, to - 1) / PAGE_LINES));
    this.wanted = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    for (const [page, abort] of this.underway) if (!this.wanted.includes(page)) abort.abort();
    this.pump();
  }

  /** The text has grown or its end has changed. What is shown stays until the new lines have come. */
  refresh(): void {
    for (const [number, page] of this.pages) if (!page.settled) this.stale.add(number);
    void this.measure();
    this.pump();
  }

  stop(): void {
    this.wanted = [];
    for (const abort of this.underway.values()) abort.abort();
  }

  private async measure(): Promise<void> {
    const answer = await this.fetchLines(0, 0, new AbortController().signal).catch(() => null);
    if (answer !== null && answer.total !== this.count) this.become(answer.total);
  }

  private pump(): void {
    for (const page of this.wanted) {
      if (this.underway.size >= AT_ONCE) return;
      const lacks = !this.pages.has(page) || this.stale.has(page);
      if (lacks && !this.underway.has(page)) void this.load(page);
    }
  }

  private async load(number: number): Promise<void> {
    const abort = new AbortController();
    this.underway.set(number, abort);
    this.stale.delete(number);
    try {
      const page = await this.fetchPage(number, abort.signal);
      this.pages.delete(number);
      this.pages.set(number, page);
      this.forget();
      this.become(this.count, "ready");
    } catch (error) {
      if (!abort.signal.aborted) this.become(this.count, isGone(error) ? "gone" : this.stateNow);
    } finally {
      this.underway.delete(number);
    }
    if (!abort.signal.aborted || this.wanted.includes(number)) this.pump();
  }

  /** Long lines come in several answers. */
  private async fetchPage(number: number, signal: AbortSignal): Promise<Page> {
    const first = number * PAGE_LINES;
    const lines: LogLine[] = [];
    let style = PLAIN;
    let stable = 0;
    do {
      const answer = await this.fetchLines(first + lines.length, PAGE_LINES - lines.length, signal);
      this.count = answer.total;
      ({ stable } = answer);
      if (answer.lines.length === 0) break;
      for (const text of answer.lines) {
        lines.push({ text, start: style, cut: answer.cut[first + lines.length] ?? null });
        if (text.includes("\x1b")) style = parseAnsi(text, style).end;
      }
    } while (lines.length < PAGE_LINES && first + lines.length < this.count);
    const chars = lines.reduce((sum, { text }) => sum + text.length, 0);
    return { lines, chars, settled: lines.length === PAGE_LINES && first + PAGE_LINES <= stable };
  }

  /** The pages that were fetched longest ago go first, and never one that is in sight. */
  private forget(): void {
    let chars = [...this.pages.values()].reduce((sum, page) => sum + page.chars, 0);
    for (const [number, page] of this.pages) {
      if (chars <= MOST_CHARS) return;
      if (this.wanted.includes(number)) continue;
      this.pages.delete(number);
      chars -= page.chars;
    }
  }

  private become(total: number, state: LogState = this.stateNow): void {
    this.count = total;
    this.stateNow = state;
    this.changes += 1;
    for (const listener of this.listeners) listener();
  }
}

function isGone(error: unknown): boolean {
  const problem = (error as { problem?: { status?: number } } | null)?.problem;
  return problem?.status === 404;
}
