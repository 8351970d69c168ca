/**
 * The versions of one notebook as one looks through them: a list that comes piece by piece, which of them is chosen, and
 * what it is compared with. Plain TypeScript; it asks through a port and draws nothing.
 */
import { type Moment, NOW, type RevisionInfo, type RevisionsRest } from "../../net/revisions-rest";
import type { RestoredInfo } from "../../net/revisions-rest";
import { ProblemError, UNREACHABLE } from "../../net/rest";
import type { Problem } from "../../wire/types";

/** What the chosen version is compared with. */
export type Against = "now" | "before";

export interface HistoryState {
  /** The last one first; null before the first answer. */
  readonly items: readonly RevisionInfo[] | null;
  readonly more: boolean;
  readonly namedOnly: boolean;
  /** A piece of the list is on its way. */
  readonly loading: boolean;
  /** Why there is nothing newer than what is shown. */
  readonly problem: Problem | null;
  /** A revision's id, or NOW. */
  readonly chosen: string;
  readonly against: Against;
}

/** The older and the newer of two moments. */
export interface Sides {
  readonly old: Moment;
  readonly new: Moment;
}

type Port = Pick<RevisionsRest, "page" | "pin" | "rename" | "remove" | "restore">;
type Listener = () => void;

export const problemOf = (error: unknown): Problem => (error instanceof ProblemError ? error.problem : UNREACHABLE);

export class History {
  readonly notebook: string;
  private readonly port: Port;
  private readonly listeners = new Set<Listener>();
  private before: string | null = null;
  private generation = 0;
  private state: HistoryState = {
    items: null,
    more: false,
    namedOnly: false,
    loading: false,
    problem: null,
    chosen: NOW,
    against: "now",
  };

  constructor(notebook: string, port: Port) {
    this.notebook = notebook;
    this.port = port;
  }

  read = (): HistoryState => this.state;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  // --- the list --------------------------------------------------------------------------------------------------

  /** From the beginning. What was chosen stays so while it is there. */
  refresh(): Promise<void> {
    return this.load(null);
  }

  /** The next piece. */
  async earlier(): Promise<void> {
    if (this.before !== null && !this.state.loading) await this.load(this.before);
  }

  setNamedOnly(namedOnly: boolean): Promise<void> {
    this.become({ namedOnly, items: null, more: false });
    return this.refresh();
  }

  private async load(before: string | null): Promise<void> {
    const generation = ++this.generation;
    this.become({ loading: true, problem: null });
    try {
      const page = await this.port.page(this.notebook, before, this.state.namedOnly);
      if (generation !== this.generation) return;
      this.before = page.before;
      const kept = before === null ? [] : (this.state.items ?? []);
      const items = [...kept, ...page.revisions];
      this.become({ items, more: page.before !== null, loading: false });
      if (before === null && this.chosenItem() === null) this.become({ chosen: NOW });
    } catch (error) {
      if (generation === this.generation) this.become({ loading: false, problem: problemOf(error) });
    }
  }

  // --- what is looked at -----------------------------------------------------------------------------------------

  choose(chosen: string): void {
    if (chosen !== this.state.chosen) this.become({ chosen });
  }

  setAgainst(against: Against): void {
    this.become({ against });
  }

  /** null when NOW is chosen, or what is chosen is gone. */
  chosenItem(): RevisionInfo | null {
    return this.state.items?.find(({ id }) => id === this.state.chosen) ?? null;
  }

  /**
   * What is to be compared; null when there is nothing before it. Where the list ends at the chosen one, and goes on on the
   * server, the next piece has to come first: "unknown".
   */
  sides(): Sides | "unknown" | null {
    const { items, chosen, against, more } = this.state;
    if (items === null) return "unknown";
    const at = items.findIndex(({ id }) => id === chosen);
    const now = this.moment(NOW);
    if (at !== -1 && against === "now") return { old: this.moment(chosen), new: now };
    const before = items[at + 1];
    if (before === undefined) return more ? "unknown" : null;
    return { old: this.moment(before.id), new: this.moment(at === -1 ? NOW : chosen) };
  }

  moment(revision: string): Moment {
    return { notebook: this.notebook, revision };
  }

  // --- what is done. All throw ProblemError -----------------------------------------------------------------------

  async pin(name: string): Promise<void> {
    const { id } = await this.port.pin(this.notebook, name);
    await this.refresh();
    this.choose(id);
  }

  async rename(id: string, name: string | null): Promise<void> {
    const renamed = await this.port.rename(this.moment(id), name);
    const items = this.state.items?.map((item) => (item.id === id ? renamed : item)) ?? null;
    this.become({ items });
  }

  /** The one before it, or after it, is chosen then. */
  async remove(id: string): Promise<void> {
    await this.port.remove(this.moment(id));
    const items = this.state.items ?? [];
    const at = items.findIndex((item) => item.id === id);
    const next = items[at + 1]?.id ?? items[at - 1]?.id ?? NOW;
    this.become({ items: items.filter((item) => item.id !== id), chosen: next });
  }

  /** What there was is the last version of the list then. `cells` null: all of them. */
  async restore(id: string, cells: readonly string[] | null, outputs: boolean): Promise<RestoredInfo> {
    const done = await this.port.restore(this.moment(id), cells, outputs);
    await this.refresh();
    return done;
  }

  private become(part: Partial<HistoryState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}
