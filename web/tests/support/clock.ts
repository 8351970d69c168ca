/** A clock that stands still until a test moves it. */
import type { Timers } from "../../src/net/connection";

interface Alarm {
  readonly at: number;
  readonly call: () => void;
}

export class ManualClock implements Timers {
  private time = 1_000_000;
  private alarms: Alarm[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, call: () => void): () => void {
    const alarm = { at: this.time + ms, call };
    this.alarms.push(alarm);
    return () => {
      this.alarms = this.alarms.filter((other) => other !== alarm);
    };
  }

  /** Moves on, ringing what becomes due in order. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = this.alarms.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.alarms = this.alarms.filter((other) => other !== due);
      this.time = Math.max(this.time, due.at);
      due.call();
    }
    this.time = end;
  }
}
