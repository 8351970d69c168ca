/** The HTTP side of one's own account (docs/accounts.md). */
import type { Me, Rest } from "./rest";

export const SCOPES = ["view", "edit", "comment", "run", "share", "manage"] as const;
export type Scope = (typeof SCOPES)[number];

export interface SessionInfo {
  readonly id: string;
  readonly created_at: string;
  readonly seen_at: string;
  readonly expires_at: string;
  readonly address: string;
  /** What the browser calls itself. */
  readonly agent: string;
  /** The one that asks. */
  readonly current: boolean;
}

export interface TokenInfo {
  readonly id: string;
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly used_at: string | null;
}

export interface MadeToken {
  readonly token: TokenInfo;
  /** Shown this once. */
  readonly secret: string;
}

export class MeRest {
  private readonly rest: Rest;

  constructor(rest: Rest) {
    this.rest = rest;
  }

  /** An empty `email` is none. */
  change(change: { readonly shown?: string; readonly email?: string }): Promise<Me> {
    return this.rest.json("PATCH", "/me", JSON.stringify(change));
  }

  async setPassword(old: string, password: string): Promise<void> {
    await this.rest.send("POST", "/me/password", JSON.stringify({ old, new: password }));
  }

  async leave(password: string): Promise<void> {
    await this.rest.send("DELETE", "/me", JSON.stringify({ password }));
  }

  async sessions(): Promise<readonly SessionInfo[]> {
    return (await this.rest.json<{ sessions: readonly SessionInfo[] }>("GET", "/me/sessions")).sessions;
  }

  async endSession(id: string): Promise<void> {
    await this.rest.send("DELETE", `/me/sessions/${encodeURIComponent(id)}`);
  }

  /** How many have ended. */
  async endOthers(): Promise<number> {
    return (await this.rest.json<{ ended: number }>("DELETE", "/me/sessions")).ended;
  }

  async tokens(): Promise<readonly TokenInfo[]> {
    return (await this.rest.json<{ tokens: readonly TokenInfo[] }>("GET", "/me/tokens")).tokens;
  }

  /** `days` null: it does not expire. */
  makeToken(label: string, scopes: readonly Scope[], days: number | null): Promise<MadeToken> {
    return this.rest.json("POST", "/me/tokens", JSON.stringify({ label, scopes, days }));
  }

  async revokeToken(id: string): Promise<void> {
    await this.rest.send("DELETE", `/me/tokens/${encodeURIComponent(id)}`);
  }
}

/** All that the account has, as a file. */
export const EXPORT_ADDRESS = "/api/v1/me/export";
