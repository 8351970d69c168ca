/**
 * One item as its sharing dialog knows it: who has it, who asks for it, and what is done about that. Every deed is told to
 * the server first and read again after: who has access is never guessed. Plain TypeScript.
 */
import type { Item } from "../../net/drive-rest";
import { ProblemError, UNREACHABLE } from "../../net/rest";
import type { Me } from "../../net/rest";
import type { AccessRequest, GivenRole, Grant, Grants, NewGrant, SharingRest } from "../../net/sharing-rest";
import type { Problem } from "../../wire/types";
import type { Choice } from "./chooser";
import { mayEdit, mayShare } from "./roles";
import type { Holder } from "./who";

export interface SharingState {
  readonly me: Me | null;
  readonly item: Item | null;
  /** Null: not known yet, or not to be seen by this person. */
  readonly access: Grants | null;
  /** Something is on its way to the server. */
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** It is no longer this person's to see: they left it. */
  readonly left: boolean;
}

export interface SharingPorts {
  readonly api: SharingRest;
  readonly me: () => Promise<Me>;
  readonly item: (id: string) => Promise<{ readonly item: Item }>;
  readonly leave: (id: string) => Promise<void>;
  /** Others who show the item are told that it has changed. */
  readonly changed: () => void;
}

const NOTHING: Grants = { grants: [], requests: [] };

export class Sharing {
  readonly id: string;
  readonly api: SharingRest;
  private readonly ports: SharingPorts;
  private state: SharingState = { me: null, item: null, access: null, busy: false, problem: null, left: false };
  private readonly listeners = new Set<() => void>();

  constructor(id: string, ports: SharingPorts) {
    this.id = id;
    this.api = ports.api;
    this.ports = ports;
  }

  read = (): SharingState => this.state;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  load(): Promise<void> {
    return this.attempt(async () => {
      const [me, { item }] = await Promise.all([this.ports.me(), this.ports.item(this.id)]);
      this.become({ me, item, access: await this.accessOf(me, item) });
    });
  }

  /** Gives these people and teams a role. True: all of them have it. */
  give(choices: readonly Choice[], role: GivenRole, expires_at: string | null): Promise<boolean> {
    return this.change(async () => {
      for (const { kind, id } of choices) await this.api.grant(this.id, { kind, whom: id, role, expires_at });
    });
  }

  /** A role here for who has one, here or from above; its end stays as it is unless another is given. */
  setRole({ kind, whom, own }: Holder, role: GivenRole, expires_at = own?.expires_at ?? null): Promise<boolean> {
    if (kind === "owner") return Promise.resolve(false);
    return this.put({ kind, whom, role, expires_at });
  }

  remove({ own }: Holder): Promise<boolean> {
    return own === null ? Promise.resolve(false) : this.revoke(own);
  }

  /** For everyone with an account here who has the address; null: for nobody but those who are listed. */
  setAnyone(current: Grant | null, role: GivenRole | null): Promise<boolean> {
    if (role !== null) return this.put({ kind: "anyone", whom: "", role, expires_at: null });
    return current === null ? Promise.resolve(true) : this.revoke(current);
  }

  accept({ user }: AccessRequest, role: GivenRole): Promise<boolean> {
    return this.put({ kind: "user", whom: user.id, role, expires_at: null });
  }

  refuse({ user }: AccessRequest): Promise<boolean> {
    return this.change(() => this.api.refuse(this.id, user.id));
  }

  transfer(to: string): Promise<boolean> {
    return this.change(async () => {
      await this.api.transfer(this.id, to);
    });
  }

  /** What was given to oneself goes. True: it has. */
  async leave(): Promise<boolean> {
    const done = await this.attempt(() => this.ports.leave(this.id)).then(() => this.state.problem === null);
    if (done) {
      this.become({ left: true });
      this.ports.changed();
    }
    return done;
  }

  private put(grant: NewGrant): Promise<boolean> {
    return this.change(async () => {
      await this.api.grant(this.id, grant);
    });
  }

  private revoke(grant: Grant): Promise<boolean> {
    return this.change(() => this.api.revoke(this.id, grant.id));
  }

  private async accessOf({ mode }: Me, { role }: Item): Promise<Grants | null> {
    if (mode === "personal") return NOTHING;
    return mayEdit(role) ? this.api.grants(this.id) : null;
  }

  /** Also what was refused half way is read again: some of it may have been done. */
  private async change(work: () => Promise<void>): Promise<boolean> {
    await this.attempt(work);
    const { problem } = this.state;
    await this.load();
    if (problem !== null) this.become({ problem });
    this.ports.changed();
    return problem === null;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    this.become({ busy: true, problem: null });
    try {
      await work();
    } catch (error) {
      this.become({ problem: error instanceof ProblemError ? error.problem : UNREACHABLE });
    } finally {
      this.become({ busy: false });
    }
  }

  private become(part: Partial<SharingState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}

export const canShare = ({ item }: SharingState): boolean => item !== null && mayShare(item.role);
