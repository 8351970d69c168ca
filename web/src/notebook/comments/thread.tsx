/** One thread: what it is about, its comments, the reply. */
import { Check, EllipsisVertical, Pencil, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";

import type { Thread } from "../../runs/discussion";
import { Button, IconButton } from "../../ui/button";
import { ago, moment } from "../../ui/format";
import { useNow } from "../../ui/hooks";
import { Menu } from "../../ui/menu";
import type { CommentView } from "../../wire/types";
import { strings } from "../../words";
import { useCell, useController, useNameOf, useOrder, useStatusPart } from "../context";
import { Composer } from "./composer";
import { partsOf } from "./linkify";
import { useConversation } from "./use-threads";

const words = strings.comments;
const MINUTE_MS = 60_000;

function useCalled(by: string): string {
  const user = useStatusPart((status) => status.user);
  const name = useNameOf(by);
  return by === user ? strings.people.you : name;
}

export function ThreadCard({ thread }: { readonly thread: Thread }) {
  const controller = useController();
  const { session } = controller;
  const { unread } = useConversation();
  const [replying, setReplying] = useState(false);
  const where = useWhere(thread);
  const { resolved } = thread;
  return (
    <article className={unread.has(thread.id) ? "thread unread" : "thread"} aria-label={words.thread(where)}>
      <header className="thread-head">
        <About thread={thread} where={where} />
        <IconButton
          icon={resolved ? RotateCcw : Check}
          label={resolved ? words.reopen : words.resolve}
          onClick={() => controller.report(session.talk.resolve(thread, !resolved))}
        />
      </header>
      {resolved && <Resolved thread={thread} />}
      <ol className="thread-comments">
        {thread.comments.map((comment) => (
          <Comment key={comment.id} comment={comment} />
        ))}
      </ol>
      {replying ? (
        <Composer
          draft={thread.id}
          label={words.replyTo}
          action={words.reply}
          onSend={(text) => session.talk.reply(thread.id, text)}
          onDone={() => setReplying(false)}
        />
      ) : (
        <Button className="thread-reply" onClick={() => setReplying(true)}>
          {words.reply}
        </Button>
      )}
    </article>
  );
}

/** What the cell of a thread is called now. */
function useWhere({ cell_id }: Thread): string {
  const cell = useCell(cell_id);
  const index = useOrder().indexOf(cell_id);
  return cell === null ? words.goneCell : strings.cell.label(strings.cell.kind[cell.type], index);
}

function About({ thread, where }: { readonly thread: Thread; readonly where: string }) {
  const { selection } = useController();
  const gone = useCell(thread.cell_id) === null;
  const quote = thread.quote.split("\n")[0] ?? "";
  return (
    <div className="thread-about">
      {gone ? (
        <span className="meta">{where}</span>
      ) : (
        <button
          type="button"
          className="thread-cell"
          aria-label={words.goTo(where)}
          onClick={() => selection.select(thread.cell_id)}
        >
          {where}
        </button>
      )}
      {quote !== "" && <code className="thread-quote">{quote}</code>}
    </div>
  );
}

function Resolved({ thread: { resolved_by, resolved_at } }: { readonly thread: Thread }) {
  const who = useCalled(resolved_by);
  const now = useNow(true, MINUTE_MS);
  return <p className="meta thread-resolved">{words.resolvedBy(who, ago(resolved_at ?? now, now))}</p>;
}

function Comment({ comment }: { readonly comment: CommentView }) {
  const { session } = useController();
  const who = useCalled(comment.by);
  const own = useStatusPart((status) => status.user === comment.by);
  const now = useNow(true, MINUTE_MS);
  const [state, setState] = useState<"read" | "edit" | "delete">("read");
  const read = () => setState("read");
  return (
    <li className="comment">
      <div className="comment-head">
        <span className="comment-by">{who}</span>
        <time className="meta" dateTime={new Date(comment.at).toISOString()} title={moment(comment.at)}>
          {ago(comment.at, now)}
        </time>
        {comment.edited_at !== null && (
          <span className="meta" title={words.editedAt(moment(comment.edited_at))}>
            {words.edited}
          </span>
        )}
        {own && state === "read" && (
          <More who={who} onEdit={() => setState("edit")} onDelete={() => setState("delete")} />
        )}
      </div>
      {state === "edit" ? (
        <Composer
          draft={comment.id}
          text={comment.text}
          label={words.edit}
          action={strings.save}
          onSend={(text) => session.talk.edit(comment, text)}
          onDone={read}
        />
      ) : (
        <CommentText comment={comment} />
      )}
      {state === "delete" && <AskDelete comment={comment} onDone={read} />}
    </li>
  );
}

interface MoreProps {
  readonly who: string;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

function More({ who, onEdit, onDelete }: MoreProps) {
  const items = [
    { id: "edit", title: words.edit, icon: Pencil, run: onEdit },
    { id: "delete", title: strings.remove, icon: Trash2, danger: true, run: onDelete },
  ];
  return <Menu icon={EllipsisVertical} label={words.more(who)} groups={[items]} className="button icon comment-more" />;
}

function AskDelete({ comment, onDone }: { readonly comment: CommentView; readonly onDone: () => void }) {
  const controller = useController();
  const forget = () => controller.report(controller.session.talk.delete(comment.id));
  return (
    <div className="comment-ask" role="group" aria-label={words.deleteAsk}>
      <span>{words.deleteAsk}</span>
      <Button look="outlined" onClick={onDone}>
        {strings.cancel}
      </Button>
      <Button look="danger" autoFocus onClick={forget}>
        {strings.remove}
      </Button>
    </div>
  );
}

function CommentText({ comment: { text, mentions } }: { readonly comment: CommentView }) {
  return (
    <p className="comment-text">
      {partsOf(text, mentions).map((part, at) => {
        if (part.t === "text") return part.text;
        if (part.t === "mention") return <strong key={at}>{part.text}</strong>;
        return (
          <a key={at} href={part.href} target="_blank" rel="noopener noreferrer">
            {part.text}
          </a>
        );
      })}
    </p>
  );
}
