/** What a session needs from outside, and what the page sees of it. Types only. */
import type { Aside, Kept } from "../doc/lineage";
import type { NotebookDoc } from "../doc/notebook-doc";
import type { ConnectionPorts } from "../net/connection";
import type { Phase } from "../net/phase";
import type { Problem } from "../wire/types";
import type { People } from "./people";
import type { Rights, RightsMemory } from "./rights";

/** Where a browser keeps documents (doc/keep.ts), for this notebook. */
export interface Keep {
  load(notebook: string): Promise<Kept | null>;
  loadAside(notebook: string): Promise<Kept | null>;
  append(notebook: string, epoch: string, update: Uint8Array, unsaved: boolean): Promise<void>;
  saved(notebook: string, epoch: string): Promise<void>;
  forgetAside(notebook: string): Promise<void>;
  /** What is kept of this epoch goes, with edits that the server will not take. */
  forget(notebook: string, epoch: string): Promise<void>;
}

export interface SessionPorts extends ConnectionPorts {
  readonly keep: Keep;
  readonly rights: RightsMemory;
  readonly people: People;
  readonly newId: () => string;
}

/** What the page shows of the session. A new object at each change. */
export interface SessionStatus {
  readonly phase: Phase;
  /** Connected, and the server has said what it has. */
  readonly joined: boolean;
  /** Edits that are not durable on the server. 0 and joined: all changes are saved. */
  readonly unsaved: number;
  readonly book: NotebookDoc | null;
  readonly aside: Aside | null;
  /** Cells whose run the server has not confirmed. */
  readonly sending: ReadonlySet<string>;
  readonly user: string;
  /** The server's version; "" before it was heard. */
  readonly server: string;
  /** The server cannot make things durable at the moment, and why. */
  readonly trouble: Problem | null;
  readonly rights: Rights;
}
