/** The live frames of a page, by cell, for what is done to one from outside: a picture of it, stopping it. */
import type { FrameHost } from "./frame-host";
import { LinkOwners } from "./link-owners";

export class FrameRegistry {
  readonly links = new LinkOwners();
  private readonly hosts = new Map<string, FrameHost>();

  add(cell: string, host: FrameHost): () => void {
    this.hosts.set(cell, host);
    return () => {
      if (this.hosts.get(cell) === host) this.hosts.delete(cell);
    };
  }

  of(cell: string): FrameHost | null {
    return this.hosts.get(cell) ?? null;
  }
}
