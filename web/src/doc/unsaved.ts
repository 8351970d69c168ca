/**
 * The edits of this page that the server has not yet made durable. Pure bookkeeping.
 *
 * Updates are numbered per connection from 1; `saved(n)` says that all up to n are durable. Only then is one forgotten.
 * After a reconnect, what the server lacks is sent again under new numbers.
 */
export interface Numbered {
  readonly n: number;
  readonly update: Uint8Array;
}

export class Unsaved {
  private waiting: Uint8Array[] = [];
  /** Number of the first waiting update on this connection. */
  private first = 1;
  private connected = false;

  get count(): number {
    return this.waiting.length;
  }

  /** Notes an edit; numbered when there is a connection to send it on. */
  add(update: Uint8Array): Numbered | null {
    this.waiting.push(update);
    return this.connected ? { n: this.first + this.waiting.length - 1, update } : null;
  }

  /** A connection is ready. `lacks` is all that the server lacks, in one or more updates: they stand for all waiting. */
  connect(lacks: readonly Uint8Array[]): readonly Numbered[] {
    this.connected = true;
    this.first = 1;
    this.waiting = [...lacks];
    return this.waiting.map((update, index) => ({ n: index + 1, update }));
  }

  disconnect(): void {
    this.connected = false;
  }

  saved(n: number): void {
    if (!this.connected || n < this.first) return;
    const count = Math.min(n - this.first + 1, this.waiting.length);
    this.waiting = this.waiting.slice(count);
    this.first += count;
  }

  /** The waiting updates, to be sent one by one where all at once would be too large. */
  list(): readonly Uint8Array[] {
    return this.waiting;
  }
}
