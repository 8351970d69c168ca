/** The HTTP side of who manages (docs/accounts.md): accounts, plans, invitations, runtimes, storage and settings. */
import type { Rest } from "./rest";

export interface Person {
  readonly id: string;
  readonly login: string;
  readonly shown: string;
}

export interface Account extends Person {
  readonly email: string | null;
  readonly admin: boolean;
  readonly disabled: boolean;
  /** Bytes of its own; null: as the plan says. */
  readonly quota: number | null;
  /** The id of a plan. */
  readonly plan: string;
  readonly has_password: boolean;
  readonly created_at: string;
  readonly visited_at: string | null;
}

export interface NewAccount {
  readonly login: string;
  readonly shown: string;
  readonly email: string;
  readonly password?: string;
  readonly admin: boolean;
}

/** What is not there stays; an empty `email` is none, and `quota` -1 none of its own. */
export interface AccountChange {
  readonly shown?: string;
  readonly email?: string;
  readonly admin?: boolean;
  readonly disabled?: boolean;
  readonly quota?: number;
  readonly plan?: string;
  readonly password?: string;
}

export interface Plan {
  readonly id: string;
  readonly name: string;
  /** Bytes; null: no bound. */
  readonly quota: number | null;
  /** Alive at once; null: no bound. */
  readonly runtimes: number | null;
  /** New accounts have it. */
  readonly standard: boolean;
  /** How many have it. */
  readonly accounts: number;
}

export interface PlanChange {
  readonly name: string;
  readonly quota: number | null;
  readonly runtimes: number | null;
}

export interface Invitation {
  readonly id: string;
  readonly email: string | null;
  readonly admin: boolean;
  /** An account's id, or `server`. */
  readonly by: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly used_at: string | null;
  readonly used_by: string | null;
}

export interface MadeInvitation {
  readonly invitation: Invitation;
  /** Shown this once. */
  readonly link: string;
}

export interface RuntimeInfo {
  readonly id: string;
  readonly notebook: { readonly id: string; readonly name: string };
  readonly owner: Person;
  readonly state: string;
  readonly started_at: string;
  readonly running: boolean;
}

export interface AccountStorage {
  readonly account: Person;
  readonly used: number;
  /** Of `used`. */
  readonly binned: number;
  /** In the database. */
  readonly revisions: number;
  /** Of `used`. */
  readonly quota: number | null;
}

/** Bytes. */
export interface StorageInfo {
  readonly disk: { readonly total: number; readonly free: number };
  readonly database: number;
  readonly blobs: number;
  readonly accounts: readonly AccountStorage[];
}

export interface SettingInfo {
  readonly name: string;
  /** Of a secret: `set`. */
  readonly value: string;
  readonly source: string;
  readonly help: string;
}

const ADMIN = "/admin";
const at = (kind: string, id: string) => `${ADMIN}/${kind}/${encodeURIComponent(id)}`;

export class AdminRest {
  private readonly rest: Rest;

  constructor(rest: Rest) {
    this.rest = rest;
  }

  async accounts(): Promise<readonly Account[]> {
    return (await this.rest.json<{ accounts: readonly Account[] }>("GET", `${ADMIN}/accounts`)).accounts;
  }

  makeAccount(account: NewAccount): Promise<Account> {
    return this.rest.json("POST", `${ADMIN}/accounts`, JSON.stringify(account));
  }

  changeAccount(id: string, change: AccountChange): Promise<Account> {
    return this.rest.json("PATCH", at("accounts", id), JSON.stringify(change));
  }

  async removeAccount(id: string): Promise<void> {
    await this.rest.send("DELETE", at("accounts", id));
  }

  async plans(): Promise<readonly Plan[]> {
    return (await this.rest.json<{ plans: readonly Plan[] }>("GET", `${ADMIN}/plans`)).plans;
  }

  makePlan(plan: PlanChange): Promise<Plan> {
    return this.rest.json("POST", `${ADMIN}/plans`, JSON.stringify(plan));
  }

  changePlan(id: string, plan: PlanChange): Promise<Plan> {
    // In a change -1 is no bound: what is not there stays.
    const { name, quota, runtimes } = plan;
    return this.rest.json(
      "PATCH",
      at("plans", id),
      JSON.stringify({ name, quota: quota ?? -1, runtimes: runtimes ?? -1 }),
    );
  }

  async removePlan(id: string): Promise<void> {
    await this.rest.send("DELETE", at("plans", id));
  }

  async invitations(): Promise<readonly Invitation[]> {
    const answer = await this.rest.json<{ invitations: readonly Invitation[] }>("GET", `${ADMIN}/invitations`);
    return answer.invitations;
  }

  invite(email: string, admin: boolean, days: number): Promise<MadeInvitation> {
    const body = { ...(email !== "" && { email }), admin, days };
    return this.rest.json("POST", `${ADMIN}/invitations`, JSON.stringify(body));
  }

  async revokeInvitation(id: string): Promise<void> {
    await this.rest.send("DELETE", at("invitations", id));
  }

  async runtimes(): Promise<readonly RuntimeInfo[]> {
    return (await this.rest.json<{ runtimes: readonly RuntimeInfo[] }>("GET", `${ADMIN}/runtimes`)).runtimes;
  }

  async stopRuntime(id: string): Promise<void> {
    await this.rest.send("DELETE", at("runtimes", id));
  }

  storage(): Promise<StorageInfo> {
    return this.rest.json("GET", `${ADMIN}/storage`);
  }

  async settings(): Promise<readonly SettingInfo[]> {
    return (await this.rest.json<{ settings: readonly SettingInfo[] }>("GET", `${ADMIN}/settings`)).settings;
  }
}
