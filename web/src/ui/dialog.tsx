/** Modal dialogs on React Aria: the focus is kept inside and given back, Escape and a press outside close. */
import "./dialog.css";

import { type SubmitEvent, type ReactNode, useState } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";

import { X } from "lucide-react";
import { strings } from "../words";
import { Button, IconButton } from "./button";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** `page`: as much of the screen as it needs, `full`: all of it; both with a button to close it. */
  readonly size?: "ask" | "page" | "full";
  /** A small one that has nothing else to be closed by on a phone gets that button there. */
  readonly closeOnNarrow?: boolean;
  readonly children: ReactNode;
}

/** Open as long as it is mounted. */
export function Dialog({ title, onClose, size = "ask", closeOnNarrow = false, children }: DialogProps) {
  const close = size !== "ask" ? "" : closeOnNarrow ? "narrow-only" : null;
  return (
    <ModalOverlay className="dialog-ground" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className={`dialog ${size}`}>
        <AriaDialog className="dialog-body">
          <div className="dialog-head">
            <Heading slot="title">{title}</Heading>
            {close !== null && <IconButton icon={X} label={strings.close} className={close} onClick={onClose} />}
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
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
  /** In the empty field. */
  readonly hint?: string;
  readonly value: string;
  readonly action: string;
  readonly onAnswer: (value: string) => void;
  readonly onClose: () => void;
}

/** Asks for one line of text. */
export function Ask({ title, label, hint, value, action, onAnswer, onClose }: AskProps) {
  const [draft, setDraft] = useState(value);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (draft.trim() !== "") onAnswer(draft.trim());
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <p>
          <input
            className="field whole"
            aria-label={label}
            {...(hint !== undefined && { placeholder: hint })}
            value={draft}
            autoFocus
            onChange={(event) => setDraft(event.target.value)}
          />
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
