/**
 * The editor that has the keys, for commands that act on its text. Editors come and go with the viewport and are made by
 * CodeMirror; this is all that the rest of the page knows of one.
 */

export interface EditorHandle {
  readonly cell: string;
  /** Ends of the selections, in UTF-16 units of the source. */
  selections(): readonly { readonly from: number; readonly to: number }[];
  selectedText(): string;
  focus(): void;
  /** Shows this place (line from 1) and puts the caret there. */
  goTo(line: number, column: number): void;
  toggleComment(): void;
  /** Opens the editor's own find. */
  find(): void;
  foldAll(): void;
  unfoldAll(): void;
  undo(): void;
  redo(): void;
}

export class EditorFocus {
  private readonly editors = new Map<string, EditorHandle>();

  add(handle: EditorHandle): () => void {
    this.editors.set(handle.cell, handle);
    return () => {
      if (this.editors.get(handle.cell) === handle) this.editors.delete(handle.cell);
    };
  }

  /** null when the cell has no editor now. */
  of(cell: string | null): EditorHandle | null {
    return cell === null ? null : (this.editors.get(cell) ?? null);
  }
}
