/**
 * Editors as the rest of the page knows them: that which has the keys, what commands do with its text, and what is kept of one
 * that was taken away. Editors come and go with the viewport and are made by CodeMirror; this is all that is known of one.
 */
import { type Kept, NOTHING_KEPT } from "../editor/kept";

export interface EditorHandle {
  readonly cell: string;
  /** Ends of the selections, in UTF-16 units of the source. */
  selections(): readonly { readonly from: number; readonly to: number }[];
  text(): string;
  selectedText(): string;
  focus(): void;
  /** Writes, as a person does who types, and selects this of what is there then. Takes the keys. */
  change(
    parts: readonly { readonly from: number; readonly to: number; readonly insert: string }[],
    selection: { readonly from: number; readonly to: number },
  ): void;
  /** The caret comes from the cell above (1) or below (-1), at this column. */
  enter(by: 1 | -1, column: number): void;
  /** Shows this place (line from 1) and puts the caret there. */
  goTo(line: number, column: number): void;
  toggleComment(): void;
  /** Says what is known of the name at the caret. */
  inspect(): void;
  /** Opens the editor's own find. */
  find(): void;
  /** Marks what find and replace has found, the one that it is at (an index) more than the others. */
  mark(found: readonly { readonly from: number; readonly to: number }[], at: number | null): void;
  /** Scrolls to this place; selects it and takes the keys when asked to. */
  show(from: number, to: number, select: boolean): void;
  foldAll(): void;
  unfoldAll(): void;
  undo(): void;
  redo(): void;
}

export class EditorFocus {
  private readonly editors = new Map<string, EditorHandle>();
  private readonly listeners = new Set<(cell: string) => void>();
  private readonly keepers = new Map<string, Kept>();

  add(handle: EditorHandle): () => void {
    this.editors.set(handle.cell, handle);
    for (const listener of this.listeners) listener(handle.cell);
    return () => {
      if (this.editors.get(handle.cell) === handle) this.editors.delete(handle.cell);
    };
  }

  /** Called with the cell of each editor that comes. */
  onCome(listener: (cell: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** null when the cell has no editor now. */
  of(cell: string | null): EditorHandle | null {
    return cell === null ? null : (this.editors.get(cell) ?? null);
  }

  keep(cell: string, kept: Kept): void {
    this.keepers.set(cell, kept);
  }

  kept(cell: string): Kept {
    return this.keepers.get(cell) ?? NOTHING_KEPT;
  }
}
