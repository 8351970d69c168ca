/** A form: its fields one below the other, then why it was refused, then its buttons. It is sent once at a time. */
import type { ReactNode, SubmitEvent } from "react";

import { useDoing } from "./doing";
import { saidOf } from "./said";

interface FormProps {
  readonly className?: string;
  /** It can be sent. */
  readonly ready?: boolean;
  /** What is wrong with what was typed; "" when nothing is. */
  readonly wrong?: string;
  readonly onSubmit: () => Promise<unknown>;
  /** It was not refused. */
  readonly onDone?: () => void;
  /** `busy`: it is on its way. */
  readonly buttons: (busy: boolean) => ReactNode;
  readonly children: ReactNode;
}

export function Form({ className = "", ready = true, wrong = "", onSubmit, onDone, buttons, children }: FormProps) {
  const { busy, problem, run } = useDoing();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || !ready || wrong !== "") return;
    void run(onSubmit).then((done) => done && onDone?.());
  };
  const said = wrong !== "" ? wrong : problem === null ? "" : saidOf(problem);
  return (
    <form className={`fields ${className}`} onSubmit={submit}>
      {children}
      {said !== "" && (
        <p className="form-problem" role="alert">
          {said}
        </p>
      )}
      {buttons(busy)}
    </form>
  );
}
