/**
 * What this page may do with its notebook, as the server last said. The server decides by itself what it takes; this is for
 * the page, so that it offers nothing that would be refused. Plain TypeScript.
 */
import type { Command } from "../net/commands";
import type { Problem } from "../wire/types";
import { strings } from "../words";

export type Capability = "edit" | "comment" | "run" | "share";

export class Rights {
  /** Null: the server has not said yet. */
  readonly capabilities: readonly string[] | null;
  /** The id of the person whose notebook it is; "" before it was heard. */
  readonly owner: string;
  /** It was allowed to see it, and is not any more. */
  readonly ended: boolean;

  constructor(capabilities: readonly string[] | null, owner = "", ended = false) {
    this.capabilities = capabilities;
    this.owner = owner;
    this.ended = ended;
  }

  /** Before anything was heard, what is kept in this browser can be written in: it is one's own as a rule. */
  may(wanted: Capability): boolean {
    return !this.ended && (this.capabilities?.includes(wanted) ?? true);
  }

  /** Nobody but its owner has all. */
  get limited(): boolean {
    return !this.may("edit") || !this.may("run") || !this.may("comment");
  }

  with(capabilities: readonly string[]): Rights {
    return new Rights(capabilities, this.owner);
  }

  over(): Rights {
    return new Rights(this.capabilities, this.owner, true);
  }
}

const NEEDS: Partial<Readonly<Record<Command["t"], Capability>>> = {
  clear: "edit",
  "start-thread": "comment",
  reply: "comment",
  "edit-comment": "comment",
  "delete-comment": "comment",
  "resolve-thread": "comment",
};

/** Commands that are not about outputs or comments run code, or stop it. */
export const needOf = ({ t }: Command): Capability => NEEDS[t] ?? "run";

export const NOT_ALLOWED: Problem = {
  code: "not-allowed",
  title: strings.share.notAllowed,
  detail: "",
  status: 403,
};

/** Codes of problems by which it is no longer this person's to see. */
export const GONE: ReadonlySet<string> = new Set(["access-ended", "notebook-not-found"]);

/** What was heard last of notebooks that one may not do all with, so that they never seem to be writable while they load. */
export class RightsMemory {
  private readonly shelf: Pick<Storage, "getItem" | "setItem" | "removeItem">;

  constructor(shelf: Pick<Storage, "getItem" | "setItem" | "removeItem">) {
    this.shelf = shelf;
  }

  read(notebook: string): Rights {
    try {
      const kept: unknown = JSON.parse(this.shelf.getItem(keyOf(notebook)) ?? "null");
      return new Rights(Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : null);
    } catch {
      return new Rights(null);
    }
  }

  heard(notebook: string, rights: Rights): void {
    try {
      if (rights.limited) this.shelf.setItem(keyOf(notebook), JSON.stringify(rights.capabilities ?? []));
      else this.shelf.removeItem(keyOf(notebook));
    } catch {
      // Full or refused: the page asks the server all the same.
    }
  }
}

const keyOf = (notebook: string) => `noctule.rights.${notebook}`;
