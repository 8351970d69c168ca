/**
 * Which cells are selected, and who has the keys. One cell is in focus; the others of a selection are those between it
 * and its anchor, or single ones that were added. Plain TypeScript.
 */

export interface Selected {
  /** The cell in focus. */
  readonly id: string | null;
  /** `edit`: its editor has the keys. `command`: the page has them. */
  readonly mode: "command" | "edit";
  /** All selected cells, that in focus among them. */
  readonly ids: ReadonlySet<string>;
}

export type Mode = Selected["mode"];
type Listener = () => void;

const NONE: Selected = { id: null, mode: "command", ids: new Set() };

export class Selection {
  /** Ids of the cells that can be seen, in their order. */
  private readonly order: () => readonly string[];
  /** Cells with those that are folded away behind them. */
  private readonly unfold: (ids: readonly string[]) => readonly string[];
  private readonly listeners = new Set<Listener>();
  private current = NONE;
  private anchor: string | null = null;

  constructor(order: () => readonly string[], unfold: (ids: readonly string[]) => readonly string[] = (ids) => ids) {
    this.order = order;
    this.unfold = unfold;
  }

  read = (): Selected => this.current;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Ids of the cells that can be seen. */
  seen(): ReadonlySet<string> {
    return new Set(this.order());
  }

  /** The selected cells in their order. */
  cells(): readonly string[] {
    return this.order().filter((id) => this.current.ids.has(id));
  }

  /** The selected cells, and those that are hidden in folded sections which they begin. */
  whole(): readonly string[] {
    return this.unfold(this.cells());
  }

  /** A cell that can be seen, with those that are hidden behind it. */
  wholeOf(id: string): readonly string[] {
    return this.unfold([id]);
  }

  /** One cell alone, or none. */
  select(id: string | null, mode: Mode = "command"): void {
    const { current } = this;
    if (current.id === id && current.mode === mode && current.ids.size <= 1) return;
    this.anchor = id;
    this.become({ id, mode, ids: new Set(id === null ? [] : [id]) });
  }

  /** All cells from the anchor to this one. */
  extendTo(id: string): void {
    const order = this.order();
    const from = order.indexOf(this.anchor ?? id);
    const to = order.indexOf(id);
    if (to === -1) return;
    const [first, last] = from === -1 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
    this.become({ id, mode: "command", ids: new Set(order.slice(first, last + 1)) });
  }

  extend(by: 1 | -1): boolean {
    const next = this.neighbour(by);
    if (next === null) return false;
    this.extendTo(next);
    return true;
  }

  /** Adds a cell, or takes it out; the last one stays. */
  toggle(id: string): void {
    const ids = new Set(this.current.ids);
    if (!ids.delete(id)) ids.add(id);
    if (ids.size === 0) return;
    const focus = ids.has(id) ? id : (this.order().find((other) => ids.has(other)) ?? id);
    this.anchor = focus;
    this.become({ id: focus, mode: "command", ids });
  }

  all(): void {
    const order = this.order();
    const id = this.current.id ?? order[0] ?? null;
    this.become({ id, mode: "command", ids: new Set(order) });
  }

  /** Selects the neighbour; false at the end. */
  step(by: 1 | -1, mode: Mode = "command"): boolean {
    const next = this.neighbour(by);
    if (next === null) return false;
    this.select(next, mode);
    return true;
  }

  /** The cell before or after that in focus; with none in focus, the first or the last one. */
  neighbour(by: 1 | -1): string | null {
    const order = this.order();
    const at = this.current.id === null ? -1 : order.indexOf(this.current.id);
    if (at === -1) return (by === 1 ? order[0] : order.at(-1)) ?? null;
    return order[at + by] ?? null;
  }

  /** The nearest cell before or after this one that is none of `but`. */
  beside(id: string, by: 1 | -1, but: ReadonlySet<string>): string | null {
    const order = this.order();
    const at = order.indexOf(id);
    const others = by === 1 ? order.slice(at + 1) : order.slice(0, Math.max(0, at)).reverse();
    return others.find((other) => !but.has(other)) ?? null;
  }

  /** The editor of a cell lost the keys to something else in the page. */
  leave(id: string): void {
    if (this.current.id === id && this.current.mode === "edit") this.become({ ...this.current, mode: "command" });
  }

  private become(selected: Selected): void {
    this.current = selected;
    for (const listener of this.listeners) listener();
  }
}
