/**
 * Commands of this page and their replies. A command that is the same when said twice is *kept*: it waits for a
 * connection, and is said again after each reconnect until the server has answered. Any other fails when its
 * connection breaks, because whether it was done is unknown.
 */
import type {
  AnswerPrompt,
  CancelRun,
  ClearOutputs,
  Comm,
  Connect,
  DeleteComment,
  Disconnect,
  EditComment,
  Interrupt,
  Problem,
  Reply as ReplyComment,
  ResolveThread,
  Restart,
  Run,
  StartThread,
} from "../wire/types";

/** About comments: their ids, versions and turns make them idempotent. */
export type CommentCommand = StartThread | ReplyComment | EditComment | DeleteComment | ResolveThread;

export type Command =
  Run | Interrupt | Restart | CancelRun | Connect | Disconnect | AnswerPrompt | ClearOutputs | Comm | CommentCommand;

const KEPT: ReadonlySet<Command["t"]> = new Set<Command["t"]>([
  "run",
  "connect",
  "answer",
  "start-thread",
  "reply",
  "edit-comment",
  "delete-comment",
  "resolve-thread",
]);

export const CONNECTION_LOST: Problem = {
  code: "connection-lost",
  title: "The connection broke before the server answered.",
  detail: "It may have been done. Look at the notebook before you try again.",
  status: 503,
};
export const NOT_CONNECTED: Problem = {
  code: "not-connected",
  title: "There is no connection to the server.",
  detail: "Nothing was done. Try again when the connection is back.",
  status: 503,
};

/** null: done; a Problem: refused, or not known. */
export type Reply = Problem | null;

interface Waiting {
  readonly command: Command;
  readonly reply: (reply: Reply) => void;
}

export class Commands {
  private readonly waiting = new Map<string, Waiting>();
  private send: ((command: Command) => boolean) | null = null;

  /** Resolves with the server's answer; never rejects. */
  issue(command: Command): Promise<Reply> {
    if (this.send === null && !KEPT.has(command.t)) return Promise.resolve(NOT_CONNECTED);
    return new Promise((reply) => {
      this.waiting.set(command.id, { command, reply });
      this.send?.(command);
    });
  }

  /** A new connection is ready: says again, in order, what has no answer. */
  connected(send: (command: Command) => boolean): void {
    this.send = send;
    for (const { command } of this.waiting.values()) send(command);
  }

  disconnected(): void {
    this.send = null;
    for (const [id, { command }] of [...this.waiting]) {
      if (!KEPT.has(command.t)) this.settle(id, CONNECTION_LOST);
    }
  }

  settle(id: string, reply: Reply): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    waiting?.reply(reply);
  }

  /** The runs that the server has not confirmed, oldest first. */
  pendingRuns(): readonly Run[] {
    return [...this.waiting.values()].flatMap(({ command }) => (command.t === "run" ? [command] : []));
  }

  /** Something waits for the server that is known to this page alone, and would be lost with it: a run, an answer, a comment. */
  get unheard(): boolean {
    return [...this.waiting.values()].some(({ command }) => command.t !== "connect" && KEPT.has(command.t));
  }

  /** Takes back a run that was never sent. False when it is too late for that. */
  withdraw(id: string): boolean {
    if (this.send !== null || !this.waiting.has(id)) return false;
    this.settle(id, null);
    return true;
  }
}
