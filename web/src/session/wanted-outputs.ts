/** Outputs that a snapshot left out and that are looked at: asked for, and again after a reconnect, until they come. Plain TypeScript. */
import type { RunStore } from "../runs/store";
import type { Need, Outputs } from "../wire/types";

export class WantedOutputs {
  private readonly runs: Pick<RunStore, "fill">;
  /** Null without a connection. */
  private send: ((frame: Need) => void) | null = null;
  /** Cells whose outputs are wanted and have not come, and those of them that this connection was not asked for. */
  private readonly wanted = new Set<string>();
  private readonly unasked = new Set<string>();

  constructor(runs: Pick<RunStore, "fill">) {
    this.runs = runs;
  }

  connected(send: (frame: Need) => void): void {
    this.send = send;
    for (const id of this.wanted) this.unasked.add(id);
    this.ask();
  }

  disconnected(): void {
    this.send = null;
  }

  want(cellId: string): void {
    if (this.wanted.has(cellId)) return;
    this.wanted.add(cellId);
    this.unasked.add(cellId);
    // Cells scroll into view together: one frame asks for all of them.
    if (this.unasked.size === 1) queueMicrotask(() => this.ask());
  }

  come({ rev, cells }: Outputs): void {
    const asked = cells.map(({ cell_id }) => cell_id);
    if (this.runs.fill(rev, cells)) {
      for (const id of asked) this.wanted.delete(id);
      return;
    }
    // They are of another revision than this page has: ask again, now that it has caught up.
    for (const id of asked) this.unasked.add(id);
    this.ask();
  }

  private ask(): void {
    if (this.send === null || this.unasked.size === 0) return;
    const cell_ids = [...this.unasked];
    this.unasked.clear();
    this.send({ t: "need", cell_ids });
  }
}
