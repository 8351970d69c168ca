/** All threads of the notebook: those of the selected cell first. */
import "./comments.css";

import { MessageSquarePlus } from "lucide-react";
import { useEffect, useState } from "react";

import type { Thread } from "../../runs/discussion";
import { Button } from "../../ui/button";
import { strings } from "../../words";
import { commands } from "../commands";
import { useCell, useController, useOrder, useSelection } from "../context";
import { Composer } from "./composer";
import { groupThreads } from "./groups";
import { ThreadCard } from "./thread";
import { useConversation, useThreads } from "./use-threads";

const words = strings.comments;

export default function CommentsPane() {
  const controller = useController();
  const threads = useThreads();
  const order = useOrder();
  const { id } = useSelection();
  const [resolved, setResolved] = useState(false);
  const { here, others, gone } = groupThreads(threads, order, id, resolved);
  useSeen([...here, ...others, ...gone]);
  const closed = threads.filter((thread) => thread.resolved).length;
  const { about } = useConversation();
  const empty = about === null && here.length + others.length + gone.length === 0;
  return (
    <div className="comments">
      <div className="comments-head">
        <div className="comments-which" role="group" aria-label={words.title}>
          <Which on={!resolved} label={words.open(threads.length - closed)} choose={() => setResolved(false)} />
          <Which on={resolved} label={words.resolvedCount(closed)} choose={() => setResolved(true)} />
        </div>
        <Button
          look="outlined"
          icon={MessageSquarePlus}
          disabled={!commands.can("comment.add", controller)}
          onClick={() => commands.run("comment.add", controller)}
        >
          {words.addHere}
        </Button>
      </div>
      <NewThread />
      {empty && <p className="pane-note">{resolved ? words.noneResolved : words.empty}</p>}
      <Group title={words.thisCell} threads={here} />
      <Group title={here.length > 0 ? words.others : null} threads={others} />
      <Group title={words.gone} threads={gone} />
    </div>
  );
}

/** What is on the screen is read, once the page is looked at. */
function useSeen(threads: readonly Thread[]): void {
  const { conversation } = useController();
  useEffect(() => {
    const see = () => {
      if (document.visibilityState === "visible") conversation.see(threads);
    };
    see();
    document.addEventListener("visibilitychange", see);
    return () => document.removeEventListener("visibilitychange", see);
  }, [conversation, threads]);
}

interface WhichProps {
  readonly on: boolean;
  readonly label: string;
  readonly choose: () => void;
}

function Which({ on, label, choose }: WhichProps) {
  return (
    <button type="button" className={on ? "chosen" : ""} aria-pressed={on} onClick={choose}>
      {label}
    </button>
  );
}

function NewThread() {
  const { conversation, session } = useController();
  const { about } = useConversation();
  const cell = useCell(about ?? "");
  const index = useOrder().indexOf(about ?? "");
  if (about === null || cell === null) return null;
  const where = strings.cell.label(strings.cell.kind[cell.type], index);
  return (
    <section className="new-thread" aria-label={words.thread(where)}>
      <p className="meta">{where}</p>
      <Composer
        key={about}
        draft={`new ${about}`}
        label={words.thread(where)}
        action={words.write}
        onSend={(text) => session.talk.start(about, text)}
        onDone={() => conversation.leave()}
      />
    </section>
  );
}

function Group({ title, threads }: { readonly title: string | null; readonly threads: readonly Thread[] }) {
  if (threads.length === 0) return null;
  return (
    <section className="thread-group">
      {title !== null && <h3 className="meta">{title}</h3>}
      {threads.map((thread) => (
        <ThreadCard key={thread.id} thread={thread} />
      ))}
    </section>
  );
}
