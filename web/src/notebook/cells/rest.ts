/**
 * What is put off while one scrolls, and done a little at a time when the view rests: each editor that is made lays the page
 * out anew. No React, no DOM.
 */
import type { Timers } from "../../net/connection";

/** Without a scroll event for so long the view rests. */
const REST_MS = 120;
/** Done at once; the next ones follow when the browser has drawn these. */
const TOGETHER = 3;

export class Rest {
  private readonly timers: Timers;
  private readonly soon: (call: () => void) => void;
  private readonly waiting = new Map<string, () => void>();
  private scrolledAt = -Infinity;
  private armed = false;

  /** `soon` calls back when the next frame was drawn. */
  constructor(timers: Timers, soon: (call: () => void) => void) {
    this.timers = timers;
    this.soon = soon;
  }

  scrolled(): void {
    this.scrolledAt = this.timers.now();
  }

  get scrolls(): boolean {
    return this.left() > 0;
  }

  /** Calls now, or when the view rests. A later call for the same `of` takes the place of one that waits. */
  when(of: string, call: () => void): void {
    if (this.waiting.size === 0 && !this.scrolls) {
      call();
      return;
    }
    this.waiting.delete(of);
    this.waiting.set(of, call);
    this.arm();
  }

  forget(of: string): void {
    this.waiting.delete(of);
  }

  private left(): number {
    return this.scrolledAt + REST_MS - this.timers.now();
  }

  private arm(): void {
    if (this.armed) return;
    this.armed = true;
    this.timers.after(Math.max(0, this.left()), () => this.look());
  }

  private look(): void {
    this.armed = false;
    if (this.waiting.size === 0) return;
    if (this.scrolls) return this.arm();
    for (const [of, call] of [...this.waiting].slice(0, TOGETHER)) {
      this.waiting.delete(of);
      call();
    }
    if (this.waiting.size === 0) return;
    this.armed = true;
    this.soon(() => this.look());
  }
}
