/** What this is, and of which version. */
import { Dialog } from "../../ui/dialog";
import { strings } from "../../words";
import { useOrder, useStatusPart } from "../context";
import type { DialogProps } from "./dialogs";

const words = strings.shell.about;

export default function AboutDialog({ onClose }: DialogProps) {
  const order = useOrder();
  const version = useStatusPart((status) => status.server);
  return (
    <Dialog title={words.title} onClose={onClose}>
      <p>{words.text}</p>
      {version !== "" && <p className="meta">{words.version(version)}</p>}
      <p className="meta">{words.cells(order.length)}</p>
    </Dialog>
  );
}
