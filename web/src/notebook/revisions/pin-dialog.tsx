/** Keeps what the notebook says now under a name. */
import { Ask } from "../../ui/dialog";
import { strings } from "../../words";
import { useController } from "../context";
import type { DialogProps } from "../page/dialogs";
import { problemOf } from "./history";
import { revisions } from "./port";
import { whenSaved } from "./settled";

const words = strings.revisions;

export default function PinDialog({ onClose }: DialogProps) {
  const { session, shell, toasts } = useController();
  const pin = async (name: string) => {
    if (!(await whenSaved(session))) {
      toasts.say(words.notSaved, null, true);
      return;
    }
    try {
      const made = await revisions.pin(session.notebook, name);
      toasts.say(words.pinned(name), { label: words.show, run: () => shell.openDialog("revisions", made.id) });
    } catch (error) {
      toasts.complain(problemOf(error));
    }
  };
  return (
    <Ask
      title={words.pinTitle}
      label={words.pinName}
      hint={words.pinName}
      value=""
      action={strings.save}
      onAnswer={(name) => void pin(name)}
      onClose={onClose}
    />
  );
}
