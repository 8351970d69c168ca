/**
 * Which cells are near the viewport. They stand in one column in their order, so the two ends of the stretch that is near
 * are found by halving; an observer of every cell would cost each frame the more the longer the notebook is. No DOM.
 */

/** CSS pixels above and below what can be seen. */
const MARGIN = 800;

interface Ports {
  /** Ids of the cells that are not hidden. */
  readonly order: () => readonly string[];
  /** The place in an order of the last cell that begins at this height of the window or above. */
  readonly at: (order: readonly string[], y: number) => number;
  readonly height: () => number;
  /** Calls back once, before the next frame. */
  readonly frame: (call: () => void) => void;
}

type Listener = (near: boolean) => void;

export class CellWindow {
  private readonly ports: Ports;
  private readonly listeners = new Map<string, Listener>();
  private near: ReadonlySet<string> = new Set();
  private asked = false;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** `listener` is called when the cell comes near or goes, and soon if it is near now. */
  follow(id: string, listener: Listener): () => void {
    this.listeners.set(id, listener);
    if (this.near.has(id)) listener(true);
    else this.ask();
    return () => {
      if (this.listeners.get(id) === listener) this.listeners.delete(id);
    };
  }

  /** Something moved: look before the next frame. */
  ask = (): void => {
    if (this.asked) return;
    this.asked = true;
    this.ports.frame(() => {
      this.asked = false;
      this.look();
    });
  };

  private look(): void {
    const { order, at, height } = this.ports;
    const ids = order();
    const before = this.near;
    this.near = new Set(ids.slice(at(ids, -MARGIN), at(ids, height() + MARGIN) + 1));
    for (const id of before) if (!this.near.has(id)) this.listeners.get(id)?.(false);
    for (const id of this.near) if (!before.has(id)) this.listeners.get(id)?.(true);
  }
}
