/** Sharing as this browser has it: the requests of this page, and who one is. The only file here that binds them. */
import { rest } from "../browser";
import { SharingRest } from "../net/sharing-rest";
import { Sharing } from "./model/sharing";

export const sharingRest = new SharingRest(rest);

export const sharingOf = (item: string, changed: () => void): Sharing =>
  new Sharing(item, { api: sharingRest, me: () => rest.me(), changed });
