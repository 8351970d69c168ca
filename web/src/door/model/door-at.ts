/** What the address of the door says. Pure. */
import { decoded } from "../../pages";
import { nextPath } from "./next-path";

export interface DoorAddress {
  readonly next: string;
  /** What the server could not do, by its code. */
  readonly problem: string | null;
  /** A sign-in at the provider waits to be connected with an account. */
  readonly link: boolean;
}

export function doorAt(address: string, origin: string): DoorAddress {
  const { searchParams } = new URL(address, origin);
  const problem = searchParams.get("problem");
  return {
    next: nextPath(searchParams.get("next"), origin),
    // Anybody can write a link: what is no code is not shown.
    problem: problem !== null && /^[a-z][a-z-]{0,39}$/.test(problem) ? problem : problem === null ? null : "unknown",
    link: searchParams.get("link") === "1",
  };
}

export function invitationAt(address: string): string | null {
  const found = /^\/invitation\/([^/?#]+)/.exec(address);
  return found?.[1] === undefined ? null : decoded(found[1]);
}
