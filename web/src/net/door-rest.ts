/** The HTTP side of the door (docs/accounts.md): what anybody may ask before there is a session. */
import type { Me, Rest } from "./rest";

export interface Door {
  readonly mode: "personal" | "team";
  readonly sign_up: "invitation" | "open";
  /** Names for buttons; all lead to the same place. */
  readonly providers: readonly string[];
  readonly signed_in: boolean;
}

export interface Invited {
  /** The account will have this one. */
  readonly email: string | null;
  readonly admin: boolean;
  readonly expires_at: string;
}

export interface NewPerson {
  readonly login: string;
  readonly password: string;
  readonly shown: string;
  readonly email?: string;
  readonly invitation?: string;
}

export class DoorRest {
  private readonly rest: Rest;

  constructor(rest: Rest) {
    this.rest = rest;
  }

  door(): Promise<Door> {
    return this.rest.json("GET", "/door");
  }

  invitation(secret: string): Promise<Invited> {
    return this.rest.json("GET", `/invitations/${encodeURIComponent(secret)}`);
  }

  /** `link`: connects the account with the sign-in at the provider that led here. */
  signIn(login: string, password: string, link: boolean): Promise<Me> {
    return this.rest.json("POST", "/session", JSON.stringify({ login, password, link }));
  }

  signUp(person: NewPerson): Promise<Me> {
    return this.rest.json("POST", "/accounts", JSON.stringify(person));
  }

  async signOut(): Promise<void> {
    await this.rest.send("DELETE", "/session");
  }
}

/** Where the browser goes to sign in at the provider; it comes back to `next`. */
export function providerAddress(next: string, invitation: string | null = null): string {
  const query = new URLSearchParams({ next, ...(invitation !== null && { invitation }) });
  return `/oidc/start?${query.toString()}`;
}
