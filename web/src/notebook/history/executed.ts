/**
 * Every version of code that was run, the latest first: pages of the server's rows, the first one anew whenever an
 * execution begins or ends. Plain TypeScript.
 */
import type { ExecutedCode, ExecutedPage } from "../../net/rest";
import { ProblemError, UNREACHABLE } from "../../net/rest";
import type { Problem } from "../../wire/types";

export interface ExecutedView {
  /** null: none has come yet. */
  readonly items: readonly ExecutedCode[] | null;
  /** There are earlier ones. */
  readonly more: boolean;
  readonly problem: Problem | null;
}

export interface ExecutedPorts {
  readonly fetch: (before: number | null) => Promise<ExecutedPage>;
  /** Calls when an execution may have begun or ended. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Changes with each of those. */
  readonly occasion: () => string;
}

type Listener = () => void;

export class ExecutedHistory {
  private readonly ports: ExecutedPorts;
  private readonly listeners = new Set<Listener>();
  private view: ExecutedView = { items: null, more: false, problem: null };
  private before: number | null = null;
  private seen = "";
  private latest = 0;
  private stopFollowing: (() => void) | null = null;

  constructor(ports: ExecutedPorts) {
    this.ports = ports;
  }

  read = (): ExecutedView => this.view;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) {
      this.seen = this.ports.occasion();
      this.stopFollowing = this.ports.subscribe(() => this.follow());
      this.refresh();
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stopFollowing?.();
    };
  };

  refresh(): void {
    void this.load(null);
  }

  earlier(): void {
    if (this.before !== null) void this.load(this.before);
  }

  private follow(): void {
    const now = this.ports.occasion();
    if (now === this.seen) return;
    this.seen = now;
    this.refresh();
  }

  private async load(before: number | null): Promise<void> {
    const turn = ++this.latest;
    try {
      const page = await this.ports.fetch(before);
      if (turn === this.latest) this.take(page, before);
    } catch (error) {
      if (turn !== this.latest) return;
      this.become({ ...this.view, problem: error instanceof ProblemError ? error.problem : UNREACHABLE });
    }
  }

  private take({ executions, before }: ExecutedPage, asked: number | null): void {
    const known = this.view.items ?? [];
    if (asked !== null) {
      this.before = before;
      this.become({ items: [...known, ...executions], more: before !== null, problem: null });
      return;
    }
    // What was loaded before stays where the new page reaches it; where it does not, the list begins anew.
    const fresh = new Set(executions.map(({ id }) => id));
    const joined = known.some(({ id }) => fresh.has(id));
    const rest = joined ? known.filter(({ id }) => !fresh.has(id)) : [];
    if (!joined || rest.length === 0) this.before = before;
    this.become({ items: [...executions, ...rest], more: this.before !== null, problem: null });
  }

  private become(view: ExecutedView): void {
    this.view = view;
    for (const listener of this.listeners) listener();
  }
}
