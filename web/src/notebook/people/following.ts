/**
 * Following somebody: the view goes where their selected cell is, until one looks elsewhere by oneself. Plain TypeScript;
 * what it means to show a cell, and what ends it, is follow-view.ts.
 */
import type { Other, Presence } from "../../session/presence";

type Listener = () => void;

export class Following {
  private readonly presence: Presence;
  private readonly listeners = new Set<Listener>();
  private key: string | null = null;
  private other: Other | null = null;

  constructor(presence: Presence) {
    this.presence = presence;
  }

  /** Who is followed, as they are now. The same object until they move. */
  read = (): Other | null => this.other;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Keeps up with the others until what comes back is called. */
  start(): () => void {
    return this.presence.subscribe(() => this.keepUp());
  }

  follow(key: string): void {
    this.key = key;
    this.keepUp();
  }

  toggle(key: string): void {
    if (this.key === key) this.stop();
    else this.follow(key);
  }

  /** The one after the one who is followed, or the first. */
  next(): void {
    const all = this.presence.all();
    const at = all.findIndex(({ key }) => key === this.key);
    const next = all[(at + 1) % Math.max(1, all.length)];
    if (next !== undefined) this.follow(next.key);
  }

  stop(): void {
    this.key = null;
    this.become(null);
  }

  private keepUp(): void {
    if (this.key === null) return;
    const found = this.presence.get(this.key);
    // Without a connection nobody is known to be here, nor to be gone.
    if (found === null && this.presence.known) this.stop();
    else if (found !== null) this.become(found);
  }

  private become(other: Other | null): void {
    if (other === this.other) return;
    this.other = other;
    for (const listener of this.listeners) listener();
  }
}
