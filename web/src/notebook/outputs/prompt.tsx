/**
 * Questions that a running cell asks a person: `input()` or `getpass()`.
 *
 * An open question takes the keys of the person who ran the cell, unless they are writing something else. After an answer
 * the field stays for a moment: the next question often follows, and what is typed on must not become commands of the page.
 */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";

import { Button } from "../../ui/button";
import { strings } from "../../words";
import type { PromptView } from "../../wire/types";
import { useController, useMay } from "../context";
import type { NotebookController } from "../controller";

const LINGER_MS = 500;

export interface Asked {
  readonly prompt: PromptView;
  /** It waits for an answer; else it was answered a moment ago. */
  readonly isOpen: boolean;
}

export function useAsked(prompt: PromptView | null, running: boolean): Asked | null {
  const [last, setLast] = useState(prompt);
  if (prompt !== null && prompt !== last) setLast(prompt);
  useEffect(() => {
    if (prompt !== null || last === null) return;
    const timer = setTimeout(() => setLast(null), LINGER_MS);
    return () => clearTimeout(timer);
  }, [prompt, last]);
  const shown = prompt ?? (running ? last : null);
  return shown === null ? null : { prompt: shown, isOpen: prompt !== null };
}

interface PromptProps extends Asked {
  readonly cell: string;
}

export function Prompt(props: PromptProps) {
  const { text } = props.prompt;
  // Who may not run it sees what is asked, and answers nothing.
  if (useMay("run")) return <Answer {...props} />;
  return <p className="prompt prompt-text">{text === "" ? strings.output.promptOther : text}</p>;
}

function Answer({ cell, prompt, isOpen }: PromptProps) {
  const controller = useController();
  const [answer, setAnswer] = useState("");
  const [sent, setSent] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useKeys(controller, cell, prompt, field);
  const waits = isOpen && sent !== prompt.id;
  const password = prompt.kind === "password";
  const send = () => {
    if (!waits) return;
    setSent(prompt.id);
    setAnswer("");
    const reply = controller.session.answer(prompt.id, answer);
    controller.report(reply);
    void reply.then((problem) => {
      if (problem === null) return;
      setSent(null);
      setAnswer((typed) => answer + typed);
    });
  };
  return (
    <form
      className="prompt"
      aria-label={strings.output.promptWaits}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onFocus={() => controller.selection.select(cell, "command")}
    >
      <label className="prompt-text" htmlFor={`prompt-${cell}`}>
        {prompt.text === "" ? strings.output.promptWaits : prompt.text}
      </label>
      <input
        ref={field}
        id={`prompt-${cell}`}
        className="field"
        type={password ? "password" : "text"}
        autoComplete="off"
        value={answer}
        onChange={({ target }) => setAnswer(target.value)}
        placeholder={password ? strings.output.promptPassword : strings.output.promptText}
      />
      <Button look="outlined" type="submit" disabled={!waits}>
        {strings.output.promptSend}
      </Button>
    </form>
  );
}

/** Takes the keys for a question that has come, and gives them to the cell when the last one has gone. */
function useKeys(
  controller: NotebookController,
  cell: string,
  prompt: PromptView,
  field: RefObject<HTMLInputElement | null>,
): void {
  useEffect(() => {
    const { current } = field;
    if (current !== null && isAsker(controller, prompt) && !controller.writing.isGoing && isInSight(current))
      current.focus();
  }, [controller, prompt, field]);
  useLayoutEffect(() => {
    const { current } = field;
    const place = current?.closest<HTMLElement>("section.cell");
    return () => {
      if (current !== null && current === document.activeElement) place?.focus({ preventScroll: true });
    };
  }, [field, cell]);
}

/** This person ran it, and looks at this page; no dialog is open before it. */
function isAsker({ session }: NotebookController, { execution_id: id }: PromptView): boolean {
  const by = session.runs.execution(id)?.by;
  const elsewhere = document.activeElement?.closest("[role=dialog], [role=menu], .xterm") != null;
  return by === session.status().user && document.hasFocus() && !elsewhere;
}

/** Its cell is, in part: nobody is brought to a cell far away. */
function isInSight(field: Element): boolean {
  const { top, bottom } = (field.closest("section.cell") ?? field).getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}
