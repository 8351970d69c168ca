/** Asks the owner of an item for access to it, or for more than one has. Answered alike whether there is such an item. */
import "./sharing.css";

import { CircleCheck } from "lucide-react";
import { type SubmitEvent, useState } from "react";

import { saidOf } from "../ui/said";
import type { Role } from "../net/drive-rest";
import { ProblemError, UNREACHABLE } from "../net/rest";
import type { GivenRole } from "../net/sharing-rest";
import { Button } from "../ui/button";
import { strings } from "../words";
import type { Problem } from "../wire/types";
import { sharingRest } from "./here";
import { above } from "./model/roles";

const words = strings.share;
const TEXT_CHARS = 500;

interface AskFormProps {
  readonly item: string;
  /** What one has already; null: nothing. */
  readonly has: Role | null;
  readonly first: GivenRole;
  /** The page goes on by itself when it is accepted. */
  readonly live: boolean;
}

export function AskForm({ item, has, first, live }: AskFormProps) {
  const [role, setRole] = useState(first);
  const [text, setText] = useState("");
  const [state, setState] = useState<"asking" | "sending" | "asked">("asking");
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setState("sending");
    setProblem(null);
    sharingRest.ask(item, role, text.trim()).then(
      () => setState("asked"),
      (error: unknown) => {
        setProblem(error instanceof ProblemError ? error.problem : UNREACHABLE);
        setState("asking");
      },
    );
  };
  if (state === "asked") {
    return (
      <p className="asked" role="status">
        <CircleCheck aria-hidden />
        <span>
          <strong>{words.asked}.</strong> {live ? words.askedLive : words.askedDetail}
        </span>
      </p>
    );
  }
  return (
    <form className="ask-form" onSubmit={send}>
      <label>
        {words.askWhat}
        <select
          className="field"
          value={role}
          onChange={({ target }) => setRole(above(has).find((one) => one === target.value) ?? first)}
        >
          {above(has).map((one) => (
            <option key={one} value={one}>
              {words.askRoles[one]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {words.askText}
        <textarea
          className="field"
          dir="auto"
          rows={3}
          maxLength={TEXT_CHARS}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      {problem !== null && (
        <p className="sharing-problem" role="alert">
          {saidOf(problem)}
        </p>
      )}
      <Button look="primary" type="submit" disabled={state === "sending"}>
        {has === null ? words.ask : words.askSend}
      </Button>
    </form>
  );
}
