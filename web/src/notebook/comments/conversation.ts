/**
 * What this page knows of comments beside the comments themselves: which cell one begins to comment on, what was typed and
 * not sent, and what this browser has shown already. Plain TypeScript; the threads are those of the run store.
 */
import type { Thread } from "../../runs/discussion";
import type { RunStore } from "../../runs/store";

export interface ConversationPorts {
  readonly notebook: string;
  readonly runs: Pick<RunStore, "threads" | "subscribeThreads">;
  readonly user: () => string;
  readonly storage: Pick<Storage, "getItem" | "setItem">;
}

export interface ConversationState {
  /** The cell that a new thread is written about. */
  readonly about: string | null;
  /** Threads with comments of others that this browser has not shown. */
  readonly unread: ReadonlySet<string>;
}

type Listener = () => void;

/** Thread -> the moment of the last comment that was shown. */
type Seen = Readonly<Record<string, number>>;

export class Conversation {
  private readonly ports: ConversationPorts;
  private readonly listeners = new Set<Listener>();
  private readonly drafts = new Map<string, string>();
  private state: ConversationState = { about: null, unread: new Set() };
  private of: readonly Thread[] | null = null;

  constructor(ports: ConversationPorts) {
    this.ports = ports;
  }

  read = (): ConversationState => this.state;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Follows the threads until what comes back is called. */
  start(): () => void {
    this.refresh();
    return this.ports.runs.subscribeThreads(() => this.refresh());
  }

  begin(cell: string): void {
    this.become({ about: cell });
  }

  leave(): void {
    this.become({ about: null });
  }

  draft(key: string): string {
    return this.drafts.get(key) ?? "";
  }

  setDraft(key: string, text: string): void {
    if (text === "") this.drafts.delete(key);
    else this.drafts.set(key, text);
  }

  /** All that was typed and is not sent. */
  unsent(): readonly string[] {
    return [...this.drafts.values()].filter((text) => text.trim() !== "");
  }

  /** These were shown, with all their comments. */
  see(threads: readonly Thread[]): void {
    const seen = this.seen();
    const news = threads.filter((thread) => (seen[thread.id] ?? 0) < lastAt(thread));
    if (news.length === 0) return;
    const here = new Set(this.ports.runs.threads().map(({ id }) => id));
    const kept = Object.entries(seen).filter(([id]) => here.has(id));
    this.keep({ ...Object.fromEntries(kept), ...Object.fromEntries(news.map((one) => [one.id, lastAt(one)])) });
    this.of = null;
    this.refresh();
  }

  private refresh(): void {
    const threads = this.ports.runs.threads();
    if (threads === this.of) return;
    this.of = threads;
    const [seen, me] = [this.seen(), this.ports.user()];
    const isNew = ({ id, comments }: Thread) => comments.some(({ by, at }) => by !== me && at > (seen[id] ?? 0));
    this.become({ unread: new Set(threads.filter(isNew).map(({ id }) => id)) });
  }

  private get key(): string {
    return `noctule.comments.${this.ports.notebook}`;
  }

  private seen(): Seen {
    try {
      const value: unknown = JSON.parse(this.ports.storage.getItem(this.key) ?? "{}");
      if (typeof value !== "object" || value === null) return {};
      return Object.fromEntries(
        Object.entries(value).flatMap(([id, at]: [string, unknown]) => (typeof at === "number" ? [[id, at]] : [])),
      );
    } catch {
      return {};
    }
  }

  private keep(seen: Seen): void {
    try {
      this.ports.storage.setItem(this.key, JSON.stringify(seen));
    } catch {
      // A full or forbidden storage: what is new is marked as new again.
    }
  }

  private become(part: Partial<ConversationState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}

const lastAt = ({ comments }: Thread): number => Math.max(0, ...comments.map(({ at }) => at));
