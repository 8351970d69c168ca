/** Sharing as this browser has it: the requests of this page, and who one is. The only file here that binds them. */
import { rest } from "../browser";
import { DriveRest } from "../net/drive-rest";
import { SharingRest } from "../net/sharing-rest";
import { Sharing } from "./model/sharing";

export const sharingRest = new SharingRest(rest);
const drive = new DriveRest(rest);

export function sharingOf(item: string, changed: () => void): Sharing {
  return new Sharing(item, {
    api: sharingRest,
    me: () => rest.me(),
    item: (id) => drive.item(id),
    leave: (id) => drive.leave(id),
    changed,
  });
}
