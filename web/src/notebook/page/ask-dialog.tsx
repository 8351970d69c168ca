/** Asks the owner for more than one may do here. What comes of it is seen at once: rights follow without a reload. */
import { AskForm } from "../../sharing/ask-form";
import { Dialog } from "../../ui/dialog";
import { strings } from "../../words";
import { useController, useStatusPart } from "../context";
import { roleOf } from "../../sharing/model/roles";
import type { DialogProps } from "./dialogs";

export default function AskDialog({ onClose }: DialogProps) {
  const { session } = useController();
  const rights = useStatusPart((status) => status.rights);
  const has = rights.ended ? null : roleOf(rights.capabilities ?? [], false);
  return (
    <Dialog title={strings.share.askTitle} onClose={onClose} closeOnNarrow>
      <AskForm item={session.notebook} has={has} first={has === null ? "viewer" : "editor"} live={has !== null} />
    </Dialog>
  );
}
