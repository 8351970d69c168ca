/** Who wants to know about what, by key. Knows nothing else. */
type Listener = () => void;

export class KeyedListeners {
  private readonly byKey = new Map<string, Set<Listener>>();

  /** What comes back takes the listener away again. */
  add(key: string, listener: Listener): Listener {
    const listeners = this.byKey.get(key) ?? new Set();
    this.byKey.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.byKey.get(key) === listeners) this.byKey.delete(key);
    };
  }

  call(key: string): void {
    for (const listener of this.byKey.get(key) ?? []) listener();
  }
}
