/** The mark at a cell that is commented on: how much was said, and whether any of it is new. A press shows it. */
import "./cell-comments.css";

import { MessageSquare } from "lucide-react";
import { memo } from "react";

import { strings } from "../../words";
import { useController, useMay } from "../context";
import { useCellTalk, useConversation } from "./use-threads";

export const CellComments = memo(function CellComments({ id }: { readonly id: string }) {
  const { selection, shell } = useController();
  const { count, unread } = useCellTalk(id);
  // Who may not comment any more has no pane to show them in, and what came before is out of date.
  const may = useMay("comment");
  if (count === 0 || !may) return null;
  const label = strings.comments.count(count, unread);
  const show = () => {
    selection.select(id);
    shell.openPane("comments");
  };
  return (
    <button
      type="button"
      className={unread ? "cell-comments unread" : "cell-comments"}
      aria-label={label}
      title={label}
      onClick={show}
    >
      <MessageSquare aria-hidden />
      <span className="tabular">{count}</span>
    </button>
  );
});

/** Over the icon of the pane: there is something new in it. */
export function UnreadMark() {
  const { unread } = useConversation();
  if (unread.size === 0) return null;
  return (
    <span className="unread-mark">
      <span className="visually-hidden">{strings.comments.unread(unread.size)}</span>
    </span>
  );
}
