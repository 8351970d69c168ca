/** The HTTP side of sharing (docs/drive.md, HTTP): who has an item, and who asks for it. Plain requests, each with its answer. */
import type { Item, Place, Role } from "./drive-rest";
import type { Named, Rest } from "./rest";

/** What can be given; `owner` goes by a transfer. */
export type GivenRole = Exclude<Role, "owner">;
export type GrantKind = "user" | "team" | "anyone";

/** `shown`: the name that they chose; "" for none. */
export type Person = Named;

export const nameOfPerson = ({ shown, login }: Person): string => (shown === "" ? login : shown);

export interface TeamName {
  readonly id: string;
  readonly name: string;
}

export interface Grant {
  readonly id: string;
  readonly kind: GrantKind;
  /** The id of an account or a team; "" for anyone. */
  readonly whom: string;
  readonly name: string;
  readonly login: string;
  readonly role: GivenRole;
  readonly by: { readonly id: string; readonly name: string };
  readonly at: string;
  readonly expires_at: string | null;
  /** The folder above on which it stands; null: the item itself. */
  readonly item: Place | null;
}

export interface AccessRequest {
  readonly item: Place;
  readonly user: Person;
  readonly role: GivenRole;
  readonly text: string;
  readonly at: string;
}

export interface Grants {
  readonly grants: readonly Grant[];
  /** For the owner alone. */
  readonly requests: readonly AccessRequest[];
}

export interface NewGrant {
  readonly kind: GrantKind;
  readonly whom: string;
  readonly role: GivenRole;
  readonly expires_at: string | null;
}

export interface Found {
  readonly people: readonly Person[];
  readonly teams: readonly TeamName[];
}

const itemPath = (id: string) => `/items/${encodeURIComponent(id)}`;

export class SharingRest {
  private readonly rest: Rest;

  constructor(rest: Rest) {
    this.rest = rest;
  }

  grants(item: string): Promise<Grants> {
    return this.rest.json("GET", `${itemPath(item)}/grants`);
  }

  /** Made, or changed where there is one for the same. It answers their request. */
  grant(item: string, grant: NewGrant): Promise<Grant> {
    return this.rest.json("PUT", `${itemPath(item)}/grants`, JSON.stringify(grant));
  }

  async revoke(item: string, grant: string): Promise<void> {
    await this.rest.send("DELETE", `${itemPath(item)}/grants/${encodeURIComponent(grant)}`);
  }

  transfer(item: string, to: string): Promise<Item> {
    return this.rest.json("POST", `${itemPath(item)}/transfer`, JSON.stringify({ to }));
  }

  async requests(): Promise<readonly AccessRequest[]> {
    return (await this.rest.json<{ requests: readonly AccessRequest[] }>("GET", "/requests")).requests;
  }

  /** Answered alike whether there is such an item or not. */
  async ask(item: string, role: GivenRole, text: string): Promise<void> {
    await this.rest.send("POST", "/requests", JSON.stringify({ item, role, text }));
  }

  async refuse(item: string, user: string): Promise<void> {
    await this.rest.send("DELETE", `${itemPath(item)}/requests/${encodeURIComponent(user)}`);
  }

  search(words: string, signal?: AbortSignal): Promise<Found> {
    return this.rest.json("GET", `/people?search=${encodeURIComponent(words)}`, undefined, signal);
  }
}
