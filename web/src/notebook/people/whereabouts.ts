/** Where this page is, for the others: its selected cell, and in an editor both ends of its selection. Plain TypeScript. */
import type * as Y from "yjs";

import { positionAt } from "../../doc/positions";
import type { Presence } from "../../session/presence";
import type { Place } from "../../wire/types";
import type { Selection } from "../model/selection";

interface Caret {
  readonly cell: string;
  readonly anchor: Uint8Array;
  readonly head: Uint8Array;
}

export class Whereabouts {
  private readonly presence: Presence;
  private readonly selection: Selection;
  private caret: Caret | null = null;

  constructor(presence: Presence, selection: Selection) {
    this.presence = presence;
    this.selection = selection;
  }

  /** Tells until what comes back is called. */
  start(): () => void {
    const tell = () => this.presence.at(this.place());
    tell();
    return this.selection.subscribe(tell);
  }

  /** The ends of the selection in the editor of a cell, in UTF-16 units of its source. */
  moved(cell: string, source: Y.Text, anchor: number, head: number): void {
    this.caret = { cell, anchor: positionAt(source, anchor), head: positionAt(source, head) };
    this.presence.at(this.place());
  }

  private place(): Place | null {
    const { id, mode } = this.selection.read();
    if (id === null) return null;
    const caret = mode === "edit" && this.caret?.cell === id ? this.caret : null;
    return { cell_id: id, mode, anchor: caret?.anchor ?? null, head: caret?.head ?? null };
  }
}
