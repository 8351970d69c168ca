/** A search through a long text: the server looks, a part at a time, and what it has found is here meanwhile. Plain. */
import type { LogMatches, LogPlace } from "../../../net/rest";
import { LIMITS } from "../../../wire/types";

export interface Query {
  readonly text: string;
  readonly matchCase: boolean;
}

export type SearchMore = (query: Query, place: LogPlace, signal: AbortSignal) => Promise<LogMatches>;

export interface SearchState {
  readonly query: Query | null;
  /** Numbers of the lines that match, ascending. */
  readonly lines: readonly number[];
  readonly phase: "idle" | "searching" | "done" | "full" | "failed";
  /** The part of the text that was looked at, 0 to 1. */
  readonly share: number;
}

const NOTHING: SearchState = { query: null, lines: [], phase: "idle", share: 0 };
type Listener = () => void;

export class LogSearch {
  private readonly more: SearchMore;
  private readonly listeners = new Set<Listener>();
  private current = NOTHING;
  private abort = new AbortController();

  constructor(more: SearchMore) {
    this.more = more;
  }

  read = (): SearchState => this.current;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Begins anew; an empty text ends the search. */
  find(query: Query): void {
    this.abort.abort();
    this.abort = new AbortController();
    const isAsked = query.text !== "";
    this.become(isAsked ? { query, lines: [], phase: "searching", share: 0 } : NOTHING);
    if (isAsked) void this.run(query, this.abort.signal);
  }

  /** What was found stays. */
  cancel(): void {
    this.abort.abort();
    if (this.current.phase === "searching") this.become({ ...this.current, phase: "done" });
  }

  private async run(query: Query, signal: AbortSignal): Promise<void> {
    const lines: number[] = [];
    let place: LogPlace | null = { offset: 0, line: 0 };
    while (place !== null) {
      const answer: LogMatches | null = await this.more(query, place, signal).catch(() => null);
      if (signal.aborted) return;
      if (answer === null) {
        this.become({ ...this.current, phase: "failed" });
        return;
      }
      // A line that goes on over the end of a part may be found twice.
      for (const line of answer.lines) if (line > (lines.at(-1) ?? -1)) lines.push(line);
      place = lines.length >= LIMITS.SEARCH_LINES_KEPT ? null : answer.next;
      const phase = place !== null ? "searching" : answer.next === null ? "done" : "full";
      const share = answer.total === 0 ? 1 : answer.searched / answer.total;
      this.become({ query, lines: [...lines], phase, share });
    }
  }

  private become(state: SearchState): void {
    this.current = state;
    for (const listener of this.listeners) listener();
  }
}

/** The place in `lines` of the first one after `line` (or the last before it), going round at the ends; -1: none. */
export function neighbour(lines: readonly number[], line: number, by: 1 | -1): number {
  if (lines.length === 0) return -1;
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) < line + (by === 1 ? 1 : 0)) low = middle + 1;
    else high = middle;
  }
  return by === 1 ? low % lines.length : (low - 1 + lines.length) % lines.length;
}
