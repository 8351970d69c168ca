/** A session on a server in memory: what it keeps, and the browser around it, which a test can change. */
import type { Kept } from "../../src/doc/lineage";
import { NotebookDoc } from "../../src/doc/notebook-doc";
import { People } from "../../src/session/people";
import { RightsMemory } from "../../src/session/rights";
import type { Keep } from "../../src/session/ports";
import { Session } from "../../src/session/session";
import { ManualClock } from "./clock";
import { MemoryServer, settle } from "./server";

export class MemoryKeep implements Keep {
  kept: Kept | null = null;
  aside: Kept | null = null;
  load = () => Promise.resolve(this.kept);
  loadAside = () => Promise.resolve(this.aside);
  append = (_notebook: string, epoch: string, update: Uint8Array, unsaved: boolean) => {
    const old = this.kept?.epoch === epoch ? this.kept : null;
    const before = old?.unsaved ?? [];
    this.kept = { epoch, updates: [...(old?.updates ?? []), update], unsaved: unsaved ? [...before, update] : before };
    return Promise.resolve();
  };
  saved = () => {
    if (this.kept !== null) this.kept = { ...this.kept, unsaved: [] };
    return Promise.resolve();
  };
  forgetAside = () => {
    this.aside = null;
    return Promise.resolve();
  };
  forget = () => {
    this.kept = null;
    return Promise.resolve();
  };
}

/** A browser's storage in memory. */
const shelfOf = (kept: Map<string, string>) => ({
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
});

let ids = 0;

/** One browser with one notebook, and the server of it. */
export class Bench {
  readonly server = new MemoryServer();
  readonly clock = new ManualClock();
  readonly keep = new MemoryKeep();
  private readonly shelf = new Map<string, string>();
  online = true;

  /** A notebook of one cell, `c1`. */
  constructor() {
    new NotebookDoc(this.server.doc).insert("c1", "code", 0, "print(1)");
  }

  async open(): Promise<Session> {
    const session = new Session("nb", {
      dial: this.server.dial,
      timers: this.clock,
      random: () => 0.5,
      online: () => this.online,
      diagnose: () => Promise.resolve(null),
      keep: this.keep,
      rights: new RightsMemory(shelfOf(this.shelf)),
      people: new People(() => Promise.resolve([]), "Deleted account"),
      newId: () => `id${++ids}`,
    });
    await session.start();
    await settle();
    return session;
  }

  async reconnect(): Promise<void> {
    this.clock.advance(30_000);
    await settle();
  }

  serverText = () => new NotebookDoc(this.server.doc).cell("c1")?.source.toJSON();
}

export const type = (session: Session, text: string) => session.status().book?.cell("c1")?.source.insert(0, text);
export const shown = (session: Session) => session.status().book?.cell("c1")?.source.toJSON();
