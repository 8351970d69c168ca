/** A question that a running cell asks a person: `input()` or `getpass()`. */
import { useState } from "react";

import { Button } from "../../ui/button";
import { strings } from "../../words";
import type { PromptView } from "../../wire/types";
import { useController } from "../context";

export function Prompt({ prompt }: { readonly prompt: PromptView }) {
  const controller = useController();
  const [sent, setSent] = useState(false);
  const password = prompt.kind === "password";
  const send = (form: FormData) => {
    const value = form.get("answer");
    setSent(true);
    const reply = controller.session.answer(prompt.id, typeof value === "string" ? value : "");
    controller.report(reply);
    void reply.then((problem) => problem !== null && setSent(false));
  };
  return (
    <form className="prompt" action={send} aria-label={strings.output.promptWaits}>
      <label className="prompt-text" htmlFor={`prompt-${prompt.id}`}>
        {prompt.text === "" ? strings.output.promptWaits : prompt.text}
      </label>
      <input
        id={`prompt-${prompt.id}`}
        className="field"
        name="answer"
        type={password ? "password" : "text"}
        autoComplete="off"
        disabled={sent}
        placeholder={password ? strings.output.promptPassword : strings.output.promptText}
      />
      <Button look="outlined" type="submit" disabled={sent}>
        {strings.output.promptSend}
      </Button>
    </form>
  );
}
