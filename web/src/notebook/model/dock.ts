/**
 * The dock: which terminals and files stand open beside the cells, as tabs, and which of them is shown. Kept in the browser
 * tab's own storage, so that a reload shows the same. Plain TypeScript; what a tab shows is the components'.
 */

export type DockTab =
  | { readonly kind: "terminal"; readonly id: string; readonly terminal: string; readonly number: number }
  | { readonly kind: "file"; readonly id: string; readonly path: string };

export interface DockState {
  readonly open: boolean;
  readonly tabs: readonly DockTab[];
  readonly active: string | null;
  /** Files with changes that are not saved. */
  readonly dirty: ReadonlySet<string>;
  /** The tab that somebody asked for last, and a number for each time: it takes the focus then, and not after a reload. */
  readonly wanted: { readonly id: string; readonly turn: number };
}

export interface DockStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

type Listener = () => void;

const MOST = 32;

export const terminalTab = (terminal: string, number: number): DockTab => ({
  kind: "terminal",
  id: `terminal:${terminal}`,
  terminal,
  number,
});
export const fileTab = (path: string): DockTab => ({ kind: "file", id: `file:${path}`, path });

export class Dock {
  private readonly storage: DockStorage;
  private readonly key: string;
  private readonly listeners = new Set<Listener>();
  private current: DockState;

  constructor(storage: DockStorage, notebook: string) {
    this.storage = storage;
    this.key = `noctule.dock.${notebook}`;
    this.current = readDock(storage.getItem(this.key));
  }

  read = (): DockState => this.current;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get active(): DockTab | null {
    return this.current.tabs.find(({ id }) => id === this.current.active) ?? null;
  }

  /** Opens the tab, or shows it where it is open already. */
  show(tab: DockTab): void {
    const { tabs, wanted } = this.current;
    const there = tabs.find((other) => sameTarget(other, tab));
    // A renamed file keeps the id that it was opened under; another file may have that path now.
    const taken = tabs.some(({ id }) => id === tab.id);
    const opened = there ?? (taken ? { ...tab, id: `${tab.id} ${wanted.turn}` } : tab);
    const all = there === undefined ? [...tabs, opened].slice(-MOST) : tabs;
    this.become({ tabs: all, active: opened.id, open: true, wanted: this.want(opened.id) });
  }

  activate(id: string): void {
    if (!this.current.tabs.some((tab) => tab.id === id)) return;
    this.become({ active: id, open: true, wanted: this.want(id) });
  }

  /** Shows the tab and leaves the focus where it is. */
  select(id: string): void {
    if (this.current.tabs.some((tab) => tab.id === id)) this.become({ active: id });
  }

  setOpen(open: boolean): void {
    this.become({ open: open && this.current.tabs.length > 0 });
  }

  /** The tab beside it is shown. */
  close(id: string): void {
    const at = this.current.tabs.findIndex((tab) => tab.id === id);
    if (at === -1) return;
    const tabs = this.current.tabs.filter((tab) => tab.id !== id);
    const active = this.current.active === id ? ((tabs[at] ?? tabs[at - 1])?.id ?? null) : this.current.active;
    const dirty = new Set([...this.current.dirty].filter((other) => other !== id));
    this.become({ tabs, active, dirty, open: this.current.open && tabs.length > 0 });
  }

  setDirty(id: string, dirty: boolean): void {
    if (this.current.dirty.has(id) === dirty) return;
    const next = new Set(this.current.dirty);
    if (dirty) next.add(id);
    else next.delete(id);
    this.become({ dirty: next });
  }

  /** A file, or a folder and what is in it, has another path now. Its tab stays the same one. */
  moved(source: string, target: string): void {
    const tabs = this.current.tabs.map((tab) => {
      if (tab.kind !== "file") return tab;
      if (tab.path === source) return { ...tab, path: target };
      return tab.path.startsWith(`${source}/`) ? { ...tab, path: target + tab.path.slice(source.length) } : tab;
    });
    this.become({ tabs });
  }

  private want(id: string): DockState["wanted"] {
    return { id, turn: this.current.wanted.turn + 1 };
  }

  private become(part: Partial<DockState>): void {
    this.current = { ...this.current, ...part };
    for (const listener of this.listeners) listener();
    const { open, tabs, active } = this.current;
    try {
      this.storage.setItem(this.key, JSON.stringify({ open, tabs, active }));
    } catch {
      // A full or forbidden storage: it holds for this page.
    }
  }
}

const sameTarget = (one: DockTab, other: DockTab): boolean =>
  one.kind === "terminal"
    ? other.kind === "terminal" && one.terminal === other.terminal
    : other.kind === "file" && one.path === other.path;

/** What was kept; nothing of it is trusted to have the right shape. */
function readDock(text: string | null): DockState {
  const none: DockState = { open: false, tabs: [], active: null, dirty: new Set(), wanted: { id: "", turn: 0 } };
  try {
    const kept = JSON.parse(text ?? "null") as { open?: unknown; tabs?: unknown; active?: unknown } | null;
    if (kept === null || !Array.isArray(kept.tabs)) return none;
    const tabs = kept.tabs.flatMap((tab: unknown) => readTab(tab)).slice(-MOST);
    const active = tabs.find(({ id }) => id === kept.active)?.id ?? tabs[0]?.id ?? null;
    return { ...none, tabs, active, open: kept.open === true && tabs.length > 0 };
  } catch {
    return none;
  }
}

function readTab(value: unknown): DockTab[] {
  if (typeof value !== "object" || value === null) return [];
  const { kind, terminal, number, path } = value as Record<string, unknown>;
  if (kind === "terminal" && typeof terminal === "string" && typeof number === "number") {
    return [terminalTab(terminal, number)];
  }
  return kind === "file" && typeof path === "string" ? [fileTab(path)] : [];
}
