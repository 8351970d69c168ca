/** Sharing this notebook. */
import SharingDialog from "../../sharing/sharing-dialog";
import { useController } from "../context";
import type { DialogProps } from "./dialogs";

export default function ShareDialog({ onClose }: DialogProps) {
  const { files, session, go } = useController();
  return (
    <SharingDialog
      item={session.notebook}
      address={files.address()}
      go={go}
      onChanged={() => undefined}
      onLeft={() => go("/")}
      onClose={onClose}
    />
  );
}
