/** What a person says about cells, as commands to the server: threads, their comments, whether they are resolved. Plain TypeScript. */
import type { Command, Reply } from "../net/commands";
import type { CommentView, ThreadView } from "../wire/types";

export interface TalkPorts {
  readonly newId: () => string;
  readonly issue: (command: Command) => Promise<Reply>;
}

export class Talk {
  private readonly ports: TalkPorts;

  constructor(ports: TalkPorts) {
    this.ports = ports;
  }

  /** Says something about a cell: a new thread. */
  start(cellId: string, text: string): Promise<Reply> {
    const { newId, issue } = this.ports;
    const [id, thread_id, comment_id] = [newId(), newId(), newId()];
    return issue({ t: "start-thread", id, thread_id, comment_id, cell_id: cellId, text });
  }

  reply(threadId: string, text: string): Promise<Reply> {
    const { newId, issue } = this.ports;
    return issue({ t: "reply", id: newId(), thread_id: threadId, comment_id: newId(), text });
  }

  /** Replaces the text of one's own comment, as it was seen. */
  edit({ id, version }: CommentView, text: string): Promise<Reply> {
    const { newId, issue } = this.ports;
    return issue({ t: "edit-comment", id: newId(), comment_id: id, version, text });
  }

  delete(commentId: string): Promise<Reply> {
    const { newId, issue } = this.ports;
    return issue({ t: "delete-comment", id: newId(), comment_id: commentId });
  }

  /** Resolves a thread, as it was seen, or reopens it. */
  resolve({ id, turn }: ThreadView, resolved: boolean): Promise<Reply> {
    const { newId, issue } = this.ports;
    return issue({ t: "resolve-thread", id: newId(), thread_id: id, turn, resolved });
  }
}
