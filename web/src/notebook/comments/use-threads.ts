/** How components see comments. */
import { useMemo, useSyncExternalStore } from "react";

import type { Thread } from "../../runs/discussion";
import { useController } from "../context";
import type { ConversationState } from "./conversation";

export function useThreads(): readonly Thread[] {
  const { runs } = useController().session;
  return useSyncExternalStore(runs.subscribeThreads, runs.threads);
}

export function useConversation(): ConversationState {
  const { conversation } = useController();
  return useSyncExternalStore(conversation.subscribe, conversation.read);
}

export interface CellTalk {
  /** Comments of open threads. */
  readonly count: number;
  readonly unread: boolean;
}

/** What is said about a cell and not resolved. */
export function useCellTalk(id: string): CellTalk {
  const threads = useThreads();
  const { unread } = useConversation();
  return useMemo(() => {
    const open = threads.filter(({ cell_id, resolved }) => cell_id === id && !resolved);
    const count = open.reduce((sum, { comments }) => sum + comments.length, 0);
    return { count, unread: open.some((thread) => unread.has(thread.id)) };
  }, [threads, unread, id]);
}
