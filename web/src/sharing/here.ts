/** Sharing as this browser has it: the requests of this page, and who one is. The only file here that binds them. */
import { driveRest, rest } from "../browser";
import { SharingRest } from "../net/sharing-rest";
import { Sharing } from "./model/sharing";

export const sharingRest = new SharingRest(rest);

export function sharingOf(item: string, changed: () => void): Sharing {
  return new Sharing(item, {
    api: sharingRest,
    me: () => rest.me(),
    item: (id) => driveRest.item(id),
    leave: (id) => driveRest.leave(id),
    changed,
  });
}
