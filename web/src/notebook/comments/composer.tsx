/** Where a comment is written: it is kept while it is not sent, also when the pane is closed. */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import { isMac } from "../../platform";
import { codePoints } from "../../runs/view";
import { Button } from "../../ui/button";
import { LIMITS } from "../../wire/types";
import { strings } from "../../words";
import type { Reply } from "../../net/commands";
import { useController, useStatusPart } from "../context";
import { MentionList, mentionProps } from "./mention-list";
import { useMention } from "./use-mention";

const words = strings.comments;
/** Nearer to the limit than this, it says how much is left. */
const NEAR = 500;

interface ComposerProps {
  /** What the draft is kept by. */
  readonly draft: string;
  readonly label: string;
  readonly action: string;
  /** In place of the draft that was kept. */
  readonly text?: string;
  readonly onSend: (text: string) => Promise<Reply>;
  readonly onDone: () => void;
}

export function Composer({ label, action, ...about }: ComposerProps) {
  const { text, change, sending, left, ready, send, leave } = useDraft(about);
  const field = useRef<HTMLTextAreaElement>(null);
  const mention = useMention(field, text);
  useEffect(() => field.current?.focus(), []);
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (!mention.key(event)) {
      if (sends) void send();
      else if (event.key === "Escape") leave();
      else return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="composer" data-own-keys onKeyDown={keys}>
      <textarea
        ref={field}
        className="field"
        aria-label={label}
        placeholder={words.placeholder}
        value={text}
        readOnly={sending}
        aria-invalid={left < 0}
        onChange={({ target }) => {
          change(target.value);
          mention.moved(target);
        }}
        onSelect={({ currentTarget }) => mention.moved(currentTarget)}
        onBlur={() => mention.left()}
        {...mentionProps(mention)}
      />
      <MentionList field={field} mention={mention} />
      <div className="composer-foot">
        <Note left={left} sending={sending} />
        <Button onClick={leave} disabled={sending}>
          {strings.cancel}
        </Button>
        <Button look="primary" disabled={!ready} title={isMac ? "⌘↩" : "Ctrl+Enter"} onClick={() => void send()}>
          {action}
        </Button>
      </div>
    </div>
  );
}

/** What is written, and what becomes of it. */
function useDraft({ draft, text: given, onSend, onDone }: Omit<ComposerProps, "label" | "action">) {
  const { conversation, toasts } = useController();
  const [text, setText] = useState(given ?? conversation.draft(draft));
  const [sending, setSending] = useState(false);
  const change = (value: string) => {
    setText(value);
    conversation.setDraft(draft, value);
  };
  const left = LIMITS.COMMENT_CHARS - codePoints(text);
  const ready = text.trim() !== "" && left >= 0 && !sending;
  /** Sent, or dropped. */
  const leave = () => {
    conversation.setDraft(draft, "");
    onDone();
  };
  const send = async () => {
    if (!ready) return;
    setSending(true);
    const problem = await onSend(text);
    setSending(false);
    if (problem === null) leave();
    else toasts.complain(problem);
  };
  return { text, change, sending, left, ready, send, leave };
}

function Note({ left, sending }: { readonly left: number; readonly sending: boolean }) {
  const joined = useStatusPart((status) => status.joined);
  return (
    <span className={left < 0 ? "meta bad" : "meta"} role="status">
      {note(left, sending, joined)}
    </span>
  );
}

function note(left: number, sending: boolean, joined: boolean): string {
  if (sending) return joined ? words.sending : words.waits;
  if (left < 0) return words.tooLong(-left);
  return left < NEAR ? words.left(left) : "";
}
