/**
 * What people say about cells, as a page holds it, and what each operation does to it. Pure; the twin of `applied` in
 * src/noctule/runs/comments.py. Who may not comment is sent none of it.
 */
import type { CommentGone, CommentPut, CommentView, ThreadPut, ThreadView } from "../wire/types";

export interface Discussion {
  readonly threads: ReadonlyMap<string, ThreadView>;
  /** In the order in which they were written. */
  readonly comments: ReadonlyMap<string, CommentView>;
}

/** A thread with its comments, of which there is one at least. */
export interface Thread extends ThreadView {
  readonly comments: readonly CommentView[];
}

export const SILENCE: Discussion = { threads: new Map(), comments: new Map() };

export function applyComment({ threads, comments }: Discussion, op: ThreadPut | CommentPut | CommentGone): Discussion {
  switch (op.t) {
    case "thread":
      return { threads: new Map(threads).set(op.thread.id, op.thread), comments };
    case "comment":
      return { threads, comments: new Map(comments).set(op.comment.id, op.comment) };
    case "comment-gone": {
      const left = new Map(comments);
      left.delete(op.id);
      if ([...left.values()].some(({ thread_id }) => thread_id === op.thread_id)) return { threads, comments: left };
      const others = new Map(threads);
      others.delete(op.thread_id);
      return { threads: others, comments: left };
    }
  }
}

/** Threads by their beginning, each with its comments. */
export function threadsOf({ threads, comments }: Discussion): readonly Thread[] {
  const said = new Map<string, CommentView[]>();
  for (const comment of comments.values()) {
    const before = said.get(comment.thread_id);
    if (before === undefined) said.set(comment.thread_id, [comment]);
    else before.push(comment);
  }
  // One that was begun in this very revision may be without its comment for a moment.
  return [...threads.values()].flatMap((thread) => {
    const found = said.get(thread.id);
    return found === undefined ? [] : [{ ...thread, comments: found }];
  });
}
