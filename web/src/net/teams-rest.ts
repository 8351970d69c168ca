/** The HTTP side of teams and of finding people (docs/accounts.md). */
import type { Person } from "./admin-rest";
import type { Rest } from "./rest";

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly members: readonly Person[];
}

const teamPath = (id: string) => `/admin/teams/${encodeURIComponent(id)}`;
const memberPath = (team: string, account: string) => `${teamPath(team)}/members/${encodeURIComponent(account)}`;

export class TeamsRest {
  private readonly rest: Rest;

  constructor(rest: Rest) {
    this.rest = rest;
  }

  async teams(): Promise<readonly Team[]> {
    return (await this.rest.json<{ teams: readonly Team[] }>("GET", "/admin/teams")).teams;
  }

  make(name: string): Promise<Team> {
    return this.rest.json("POST", "/admin/teams", JSON.stringify({ name }));
  }

  rename(id: string, name: string): Promise<Team> {
    return this.rest.json("PATCH", teamPath(id), JSON.stringify({ name }));
  }

  async remove(id: string): Promise<void> {
    await this.rest.send("DELETE", teamPath(id));
  }

  join(team: string, account: string): Promise<Team> {
    return this.rest.json("PUT", memberPath(team, account));
  }

  async leave(team: string, account: string): Promise<void> {
    await this.rest.send("DELETE", memberPath(team, account));
  }

  /** A few by the beginning of a login, a part of a name, or a whole email. */
  async people(search: string, signal: AbortSignal): Promise<readonly Person[]> {
    const path = `/people?search=${encodeURIComponent(search)}`;
    return (await this.rest.json<{ people: readonly Person[] }>("GET", path, undefined, signal)).people;
  }
}
