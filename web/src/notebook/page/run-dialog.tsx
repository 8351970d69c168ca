/** Before the first run in a notebook that somebody else wrote: whose it is, and what running it means. */
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { strings } from "../../words";
import { useNameOf, useStatusPart } from "../context";
import type { DialogProps } from "./dialogs";

const words = strings.share;

export default function RunDialog({ about, onClose }: DialogProps) {
  const owner = useNameOf(useStatusPart((status) => status.rights.owner));
  const run = () => {
    onClose();
    if (typeof about === "function") (about as () => void)();
  };
  return (
    <Dialog title={words.runTitle(owner)} onClose={onClose}>
      <p>{words.runDetail(owner)}</p>
      <div className="actions">
        <Button look="outlined" onClick={onClose}>
          {strings.cancel}
        </Button>
        <Button look="primary" onClick={run}>
          {words.runAnyway}
        </Button>
      </div>
    </Dialog>
  );
}
