/**
 * Asks of this page to the kernel and their answers. An ask is said once: it fails when its connection breaks or its time
 * is over, and the one who asked may ask again.
 *
 * Asks of one *lane* are about the same thing, and only the newest matters (what could stand at the cursor): one of them is
 * under way at a time, and one that a newer one follows is `superseded` at once, whether it was sent or not.
 */
import {
  type AnswerBody,
  type Ask,
  type AskBody,
  type Completeness,
  type Completions,
  type Inspected,
  LIMITS,
  type Problem,
  type TableView,
  type VariableList,
} from "../wire/types";
import { CONNECTION_LOST, NOT_CONNECTED } from "./commands";
import type { Timers } from "./connection";

interface Answers {
  complete: Completions;
  inspect: Inspected;
  "is-complete": Completeness;
  variables: VariableList;
  look: TableView;
}

/** What an ask of this kind is answered with. */
export type AnswerTo<T extends AskBody["t"]> = Answers[T];

export type Told<A> =
  | { readonly t: "told"; readonly answer: A }
  | { readonly t: "refused"; readonly problem: Problem }
  /** A newer ask of its lane took its place. */
  | { readonly t: "superseded" };

export const ASK_TIMEOUT: Problem = {
  code: "ask-timeout",
  title: "The kernel took too long to answer.",
  detail: "It may be busy. Ask again.",
  status: 504,
};
export const ASK_UNSUPPORTED: Problem = {
  code: "ask-unsupported",
  title: "This server cannot be asked about the kernel.",
  detail: "It is older than this page. Reload the page.",
  status: 409,
};

/** The server and the agent wait as well, each a second longer than what is behind it. */
const PATIENCE_MS = (LIMITS.ASK_SECONDS + 4) * 1000;
const SINCE_MINOR = 2;

const TAGS: Readonly<Record<AskBody["t"], AnswerBody["t"]>> = {
  complete: "completions",
  inspect: "inspected",
  "is-complete": "completeness",
  variables: "variable-list",
  look: "table",
};

type Reply = (told: Told<AnswerBody>) => void;
type Send = (frame: Ask) => boolean;

interface Waiting {
  readonly ask: AskBody;
  readonly lane: string | null;
  readonly reply: Reply;
  readonly cancelTimer: () => void;
}

export class Asks {
  private readonly newId: () => string;
  private readonly timers: Timers;
  private readonly waiting = new Map<string, Waiting>();
  /** Of each lane, what goes out when the one under way is over. */
  private readonly next = new Map<string, { readonly ask: AskBody; readonly reply: Reply }>();
  private send: Send | null = null;
  private supported = false;

  constructor(newId: () => string, timers: Timers) {
    this.newId = newId;
    this.timers = timers;
  }

  /** Resolves with the answer or why there is none; never rejects. */
  ask<A extends AskBody>(ask: A, lane: string | null = null): Promise<Told<AnswerTo<A["t"]>>> {
    return new Promise((resolve) => {
      // `settle` has seen to it that the answer is one to this ask.
      this.issue(ask, lane, resolve as Reply);
    });
  }

  /** A new connection is ready; the server speaks this version. */
  connected(version: readonly [number, number], send: Send): void {
    this.send = send;
    this.supported = version[1] >= SINCE_MINOR;
  }

  disconnected(): void {
    this.send = null;
    const after = [...this.next.values()];
    this.next.clear();
    for (const { reply } of after) reply({ t: "refused", problem: NOT_CONNECTED });
    for (const id of [...this.waiting.keys()]) this.settle(id, CONNECTION_LOST);
  }

  /** The server's answer, or its refusal. Says whether it was one to an ask. */
  settle(id: string, result: AnswerBody | Problem): boolean {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return false;
    this.waiting.delete(id);
    waiting.cancelTimer();
    if (!("t" in result)) waiting.reply({ t: "refused", problem: result });
    else if (result.t === TAGS[waiting.ask.t]) waiting.reply({ t: "told", answer: result });
    else waiting.reply({ t: "refused", problem: ASK_UNSUPPORTED });
    this.sendNext(waiting.lane);
    return true;
  }

  private issue(ask: AskBody, lane: string | null, reply: Reply): void {
    if (this.send === null || !this.supported) {
      reply({ t: "refused", problem: this.send === null ? NOT_CONNECTED : ASK_UNSUPPORTED });
      return;
    }
    const before = lane === null ? undefined : this.underWay(lane);
    if (lane === null || before === undefined) {
      this.put(ask, lane, reply);
      return;
    }
    before.reply({ t: "superseded" });
    this.next.get(lane)?.reply({ t: "superseded" });
    this.next.set(lane, { ask, reply });
  }

  private put(ask: AskBody, lane: string | null, reply: Reply): void {
    const id = this.newId();
    const cancelTimer = this.timers.after(PATIENCE_MS, () => this.settle(id, ASK_TIMEOUT));
    this.waiting.set(id, { ask, lane, reply, cancelTimer });
    this.send?.({ t: "ask", id, ask });
  }

  private underWay(lane: string): Waiting | undefined {
    return [...this.waiting.values()].find((waiting) => waiting.lane === lane);
  }

  private sendNext(lane: string | null): void {
    const next = lane === null ? undefined : this.next.get(lane);
    if (lane === null || next === undefined) return;
    this.next.delete(lane);
    this.put(next.ask, lane, next.reply);
  }
}
