/** Signing out: the session ends, and what this browser keeps of the person's notebooks goes with it. */
import { keep, rest } from "../browser";
import { DoorRest } from "../net/door-rest";

/** Of how many notebooks something would be lost. */
export const unsavedHere = (): Promise<number> => keep.unsaved();

/** Throws ProblemError. */
export async function signOut(): Promise<void> {
  await new DoorRest(rest).signOut();
  await keep.forgetAll();
  location.assign("/sign-in");
}
