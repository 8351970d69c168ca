/** A dialog with fields and one action, which is refused in place. */
import type { ReactNode, SubmitEvent } from "react";

import { saidOf } from "../ui/said";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { useDoing } from "../ui/doing";
import { strings } from "../words";

interface FormProps {
  readonly title: string;
  readonly detail?: string;
  readonly action: string;
  readonly danger?: boolean;
  readonly ready?: boolean;
  /** What is wrong with what was typed; "" when nothing is. */
  readonly wrong?: string;
  readonly onSubmit: () => Promise<unknown>;
  /** When it is done; else it is closed. */
  readonly onDone?: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function FormDialog(props: FormProps) {
  const {
    title,
    detail,
    action,
    danger = false,
    ready = true,
    wrong = "",
    onSubmit,
    onClose,
    onDone = onClose,
    children,
  } = props;
  const { busy, problem, run } = useDoing();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || !ready || wrong !== "") return;
    void run(onSubmit).then((done) => done && onDone());
  };
  const said = wrong !== "" ? wrong : problem === null ? "" : saidOf(problem);
  return (
    <Dialog title={title} onClose={onClose}>
      {detail !== undefined && <p>{detail}</p>}
      <form className="fields dialog-form" onSubmit={submit}>
        {children}
        {said !== "" && (
          <p className="form-problem" role="alert">
            {said}
          </p>
        )}
        <div className="actions">
          <Button look="outlined" onClick={onClose}>
            {strings.cancel}
          </Button>
          <Button look={danger ? "danger" : "primary"} type="submit" disabled={busy || !ready}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
