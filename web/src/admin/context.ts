/** How the parts of the admin pages reach what they share. */
import { createContext, useContext } from "react";

import { rest } from "../browser";
import type { Go } from "../app";
import { AdminRest } from "../net/admin-rest";
import type { Me } from "../net/rest";
import { TeamsRest } from "../net/teams-rest";
import { acting, type Act } from "../ui/acting";
import type { Toasts } from "../ui/toasts";

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

/** See ui/acting.ts. */
export const useAct = (after: () => void): Act => acting(useAdmin().toasts, after);
