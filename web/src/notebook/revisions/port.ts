/** The server, as the components of this folder ask it. */
import { rest } from "../../browser";
import { RevisionsRest } from "../../net/revisions-rest";

export const revisions = new RevisionsRest(rest);
