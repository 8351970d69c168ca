/**
 * The variables of the kernel as they are now: asked for when the pane opens, when an execution begins or ends, when the
 * kernel changes, and every REFRESH_MS while a cell runs; not at all while nobody looks. Plain TypeScript.
 */
import type { Told } from "../../net/asks";
import type { Timers } from "../../net/connection";
import { lastRun } from "../../runs/queue";
import type { RunSummary } from "../../runs/store";
import type { Problem, Variable, VariableList } from "../../wire/types";

export const REFRESH_MS = 2_000;

export interface VariablesView {
  /** null: none has come yet. What came stays until something newer is known. */
  readonly items: readonly Variable[] | null;
  readonly total: number;
  /** Why there is nothing newer. */
  readonly problem: Problem | null;
}

export interface VariablesPorts {
  readonly ask: () => Promise<Told<VariableList>>;
  readonly summary: () => RunSummary;
  readonly subscribe: (listener: () => void) => () => void;
  readonly timers: Timers;
}

type Listener = () => void;

const NOTHING: VariablesView = { items: null, total: 0, problem: null };
/** The variables are gone with these; anything else may be over in a moment. */
const GONE: ReadonlySet<string> = new Set(["no-runtime", "kernel-not-running", "ask-needs-python"]);

/** What a change of variables comes with. */
function occasion({ kernel, runtime, queue }: RunSummary): string {
  return [kernel?.id, kernel?.epoch, kernel?.state, runtime?.state, lastRun(queue)].join(" ");
}

export class VariablesFeed {
  private readonly ports: VariablesPorts;
  private readonly listeners = new Set<Listener>();
  private view: VariablesView = NOTHING;
  private seen = "";
  private stopFollowing: (() => void) | null = null;
  private cancelTimer: (() => void) | null = null;

  constructor(ports: VariablesPorts) {
    this.ports = ports;
  }

  read = (): VariablesView => this.view;

  /** Somebody looks as long as somebody listens. */
  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  };

  refresh(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    void this.ports.ask().then((told) => this.take(told));
  }

  private start(): void {
    this.seen = occasion(this.ports.summary());
    this.stopFollowing = this.ports.subscribe(() => this.follow());
    this.refresh();
  }

  private stop(): void {
    this.stopFollowing?.();
    this.stopFollowing = null;
    this.cancelTimer?.();
    this.cancelTimer = null;
  }

  private follow(): void {
    const now = occasion(this.ports.summary());
    if (now === this.seen) return;
    this.seen = now;
    this.refresh();
  }

  private take(told: Told<VariableList>): void {
    if (told.t === "superseded" || this.stopFollowing === null) return;
    if (told.t === "told") this.become({ items: told.answer.items, total: told.answer.total, problem: null });
    else if (GONE.has(told.problem.code)) this.become({ ...NOTHING, problem: told.problem });
    else this.become({ ...this.view, problem: told.problem });
    const { queue } = this.ports.summary();
    if (queue.running !== null) this.cancelTimer = this.ports.timers.after(REFRESH_MS, () => this.refresh());
  }

  private become(view: VariablesView): void {
    this.view = view;
    for (const listener of this.listeners) listener();
  }
}
