/**
 * What is new in this notebook since this browser looked at it: kept while the page is looked at, told when it is looked
 * at again, dismissed by hand or by having looked. Plain TypeScript; the browser comes in by ports.
 */
import { endedIn, isNews, type News, newsSince, readSeen, type Seen, seenOf } from "../../runs/away";
import type { RunStore } from "../../runs/store";

export interface AwayPorts {
  readonly notebook: string;
  readonly runs: RunStore;
  readonly storage: Pick<Storage, "getItem" | "setItem">;
  readonly now: () => number;
}

export interface AwayState {
  /** For the banner; null when there is nothing to tell. */
  readonly news: News | null;
  /** For the tab, while nobody looks: how it went. */
  readonly outcome: "ok" | "failed" | null;
}

/** Who was gone for less knows what happened. */
const AWAY_MS = 30_000;
const NOTHING: AwayState = { news: null, outcome: null };

type Listener = () => void;

export class Away {
  private readonly ports: AwayPorts;
  private readonly listeners = new Set<Listener>();
  private state = NOTHING;
  private looking = false;
  private leftAt: number | null = null;
  /** The page was opened, and what the server says was not yet compared with what was seen last. */
  private fresh = true;
  private kept = "";

  constructor(ports: AwayPorts) {
    this.ports = ports;
  }

  read = (): AwayState => this.state;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Follows the runs until what comes back is called. */
  start(looking: boolean): () => void {
    this.looking = looking;
    const stop = this.ports.runs.subscribe(this.follow);
    this.follow();
    return stop;
  }

  look(looking: boolean): void {
    if (looking === this.looking) return;
    this.looking = looking;
    if (!looking) {
      this.leftAt = this.ports.now();
      return;
    }
    const long = this.leftAt !== null && this.ports.now() - this.leftAt >= AWAY_MS;
    if (long && !this.fresh) this.tell(isNews);
    this.become({ outcome: null });
    this.follow();
  }

  dismiss(): void {
    this.become({ news: null });
  }

  private readonly follow = (): void => {
    const { runs } = this.ports;
    if (runs.rev === null) return;
    if (!this.looking) return this.sum();
    if (this.fresh) {
      this.fresh = false;
      this.tell((news) => isNews(news) || news.running !== null);
    } else if (this.state.news?.running != null) {
      const running = [...runs.executions()].find(({ state }) => state === "running") ?? null;
      if (running?.id !== this.state.news.running.id) this.become({ news: withRunning(this.state.news, null) });
    }
    this.keep();
  };

  /** Nobody looks: how it went is all that the tab can show. */
  private sum(): void {
    const news = this.news();
    if (news === null || news.running !== null) return this.become({ outcome: null });
    const bad = news.failed.length + news.lost.length > 0 || news.ended !== null;
    this.become({ outcome: bad ? "failed" : endedIn(news).length > 0 ? "ok" : null });
  }

  private tell(worth: (news: News) => boolean): void {
    const news = this.news();
    if (news !== null && worth(news)) this.become({ news });
  }

  private news(): News | null {
    const seen = this.seen();
    const { runs } = this.ports;
    return seen === null ? null : newsSince(seen, runs.executions(), runs.summary().runtime);
  }

  private get key(): string {
    return `noctule.seen.${this.ports.notebook}`;
  }

  private seen(): Seen | null {
    return readSeen(this.ports.storage.getItem(this.key));
  }

  private keep(): void {
    const { runs, storage } = this.ports;
    const text = JSON.stringify(seenOf(runs.executions(), runs.summary().runtime));
    if (text === this.kept) return;
    this.kept = text;
    try {
      storage.setItem(this.key, text);
    } catch {
      // A full or forbidden storage: this browser is told nothing when it comes back.
    }
  }

  private become(part: Partial<AwayState>): void {
    const next = { ...this.state, ...part };
    if (next.news === this.state.news && next.outcome === this.state.outcome) return;
    this.state = next;
    for (const listener of this.listeners) listener();
  }
}

/** What ran has ended before one's eyes: the rest of the news stays, if there is any. */
function withRunning(news: News, running: News["running"]): News | null {
  const next = { ...news, running };
  return isNews(next) ? next : null;
}
