/** Modal dialogs on the browser's own <dialog>: it traps the focus and gives it back. */
import { type ReactNode, useEffect, useId, useRef } from "react";

import { Button } from "./button";
import { strings } from "../words";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Open as long as it is mounted. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly detail: string;
  readonly action: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something is lost: `detail` names what. */
export function Confirm({ title, detail, action, onConfirm, onClose }: ConfirmProps) {
  const confirm = () => {
    onConfirm();
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{detail}</p>
      <div className="actions">
        <Button look="outlined" onClick={onClose}>
          {strings.cancel}
        </Button>
        <Button look="danger" onClick={confirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}

interface AskProps {
  readonly title: string;
  readonly label: string;
  readonly value: string;
  readonly action: string;
  readonly onAnswer: (value: string) => void;
  readonly onClose: () => void;
}

/** Asks for one line of text. */
export function Ask({ title, label, value, action, onAnswer, onClose }: AskProps) {
  const submit = (form: FormData) => {
    const answer = form.get("answer");
    if (typeof answer === "string" && answer.trim() !== "") onAnswer(answer.trim());
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form action={submit}>
        <p>
          <input className="field" name="answer" aria-label={label} defaultValue={value} style={{ width: "100%" }} />
        </p>
        <div className="actions">
          <Button look="outlined" onClick={onClose}>
            {strings.cancel}
          </Button>
          <Button look="primary" type="submit">
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
