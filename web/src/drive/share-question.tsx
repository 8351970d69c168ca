/** Sharing an item of the list. */
import type { Item } from "../net/drive-rest";
import SharingDialog from "../sharing/sharing-dialog";
import { shownName } from "../notebook/model/file-names";
import { strings } from "../words";
import { useDrive } from "./context";
import { addressOfShared } from "./model/deeds";

interface ShareProps {
  readonly item: Item;
  readonly onClose: () => void;
}

export default function ShareQuestion({ item, onClose }: ShareProps) {
  const { desk, deeds, go } = useDrive();
  return (
    <SharingDialog
      item={item.id}
      address={new URL(addressOfShared(item), location.href).href}
      go={go}
      onChanged={() => void desk.refresh()}
      onLeft={() => deeds.gone(item, strings.share.left(shownName(item.name)))}
      onClose={onClose}
    />
  );
}
