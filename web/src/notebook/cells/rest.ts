/**
 * What is put off while one scrolls, and done a little at a time when the view rests: each editor that is made lays the page
 * out anew. No React, no DOM.
 */
import type { Timers } from "../../net/connection";

/** Without a scroll event for so long the view rests. */
const REST_MS = 200;
/** CSS pixels in a second: several screens, of which nobody reads anything. */
const FAST_PX = 4_000;
/** By so much of the way the speed is told: single events are uneven. */
const SPEED_MS = 100;
/** Done at once; the next ones follow when the browser has drawn these. */
const TOGETHER = 3;

export class Rest {
  private readonly timers: Timers;
  /** Calls back when the next frame was drawn. */
  readonly soon: (call: () => void) => void;
  private readonly waiting = new Map<string, () => void>();
  private scrolledAt = -Infinity;
  /** The way of the last SPEED_MS. */
  private way: readonly { readonly at: number; readonly place: number }[] = [];
  private armed = false;

  constructor(timers: Timers, soon: (call: () => void) => void) {
    this.timers = timers;
    this.soon = soon;
  }

  /** `place`: where the view is now, in CSS pixels. */
  scrolled(place: number): void {
    const now = this.timers.now();
    this.scrolledAt = now;
    const recent = this.way.filter(({ at }) => now - at <= SPEED_MS);
    // After a long frame the last place is older than that.
    const last = this.way.slice(-1).filter(({ at }) => now - at <= REST_MS);
    this.way = [...(recent.length > 0 ? recent : last), { at: now, place }];
  }

  get scrolls(): boolean {
    return this.left() > 0;
  }

  /** What is passed now is not looked at. */
  get flies(): boolean {
    const [first, last] = [this.way[0], this.way.at(-1)];
    if (first === undefined || last === undefined || !this.scrolls) return false;
    return 1_000 * Math.abs(last.place - first.place) > FAST_PX * (last.at - first.at);
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
