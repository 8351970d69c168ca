/** A dialog with fields and one action, which is refused in place. */
import type { ReactNode } from "react";

import { strings } from "../words";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Form } from "./form";

interface FormDialogProps {
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

export function FormDialog(props: FormDialogProps) {
  const { title, detail, action, danger = false, onClose, onDone = onClose, children, ...form } = props;
  const { ready = true } = form;
  return (
    <Dialog title={title} onClose={onClose}>
      {detail !== undefined && <p>{detail}</p>}
      <Form
        className="dialog-form"
        {...form}
        onDone={onDone}
        buttons={(busy) => (
          <div className="actions">
            <Button look="outlined" onClick={onClose}>
              {strings.cancel}
            </Button>
            <Button look={danger ? "danger" : "primary"} type="submit" disabled={busy || !ready}>
              {action}
            </Button>
          </div>
        )}
      >
        {children}
      </Form>
    </Dialog>
  );
}
