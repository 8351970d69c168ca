/** Where a comment is written: it is kept while it is not sent, also when the pane is closed. */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import { isMac } from "../../platform";
import { codePoints } from "../../runs/view";
import { Button } from "../../ui/button";
import { LIMITS } from "../../wire/types";
import { strings } from "../../words";
import type { Reply } from "../../net/commands";
import { useController, useStatusPart } from "../context";

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

export function Composer({ draft, label, action, text: given, onSend, onDone }: ComposerProps) {
  const { conversation, toasts } = useController();
  const joined = useStatusPart((status) => status.joined);
  const [text, setText] = useState(given ?? conversation.draft(draft));
  const [sending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const change = (value: string) => {
    setText(value);
    conversation.setDraft(draft, value);
  };
  const left = LIMITS.COMMENT_CHARS - codePoints(text);
  const ready = text.trim() !== "" && left >= 0 && !sending;
  const send = async () => {
    if (!ready) return;
    setSending(true);
    const problem = await onSend(text);
    setSending(false);
    if (problem !== null) {
      toasts.complain(problem);
      return;
    }
    conversation.setDraft(draft, "");
    onDone();
  };
  const cancel = () => {
    conversation.setDraft(draft, "");
    onDone();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      void send();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      cancel();
    }
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
        onChange={({ target }) => change(target.value)}
      />
      <div className="composer-foot">
        <span className={left < 0 ? "meta bad" : "meta"} role="status">
          {note(left, sending, joined)}
        </span>
        <Button onClick={cancel} disabled={sending}>
          {strings.cancel}
        </Button>
        <Button look="primary" disabled={!ready} title={isMac ? "⌘↩" : "Ctrl+Enter"} onClick={() => void send()}>
          {action}
        </Button>
      </div>
    </div>
  );
}

function note(left: number, sending: boolean, joined: boolean): string {
  if (sending) return joined ? words.sending : words.waits;
  if (left < 0) return words.tooLong(-left);
  return left < NEAR ? words.left(left) : "";
}
