/** How the parts of the admin pages reach what they share. */
import { createContext, useContext } from "react";

import { rest } from "../browser";
import type { Go } from "../app";
import { AdminRest } from "../net/admin-rest";
import type { Me } from "../net/rest";
import { TeamsRest } from "../net/teams-rest";
import { problemOf } from "../ui/doing";
import type { Toasts } from "../ui/toasts";
import { saidOf } from "../ui/said";

export interface Admin {
  readonly me: Me;
  readonly go: Go;
  readonly toasts: Toasts;
}

export const AdminContext = createContext<Admin | null>(null);

export function useAdmin(): Admin {
  const admin = useContext(AdminContext);
  if (admin === null) throw new Error("outside of the admin pages");
  return admin;
}

export const adminApi = new AdminRest(rest);
export const teamsApi = new TeamsRest(rest);

/** Does it, says so or why not, and goes on with `after` in both cases: what is shown is read again. */
export function useAct(after: () => void): (work: () => Promise<unknown>, said: string) => void {
  const { toasts } = useAdmin();
  return (work, said) =>
    void work()
      .then(
        () => toasts.say(said),
        (error: unknown) => toasts.say(saidOf(problemOf(error)), null, true),
      )
      .finally(after);
}
