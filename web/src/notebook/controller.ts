/**
 * What a person does in a notebook: selecting, editing structure, running. Joins the session with selection and toasts.
 * Plain TypeScript; the components subscribe to it, and to the session below it.
 */
import { newId } from "../browser";
import type { CellType } from "../doc/layout";
import type { NotebookDoc } from "../doc/notebook-doc";
import type { Reply } from "../net/commands";
import type { Session } from "../session/session";
import { strings } from "../words";
import type { Toasts } from "../ui/toasts";

export interface Selection {
  readonly id: string | null;
  /** `edit`: the cell's editor has the keys. `command`: the page has them. */
  readonly mode: "command" | "edit";
}

export type After = "stay" | "next" | "insert";

type Listener = () => void;

export class NotebookController {
  readonly session: Session;
  readonly toasts: Toasts;
  private selected: Selection = { id: null, mode: "command" };
  private readonly listeners = new Set<Listener>();

  constructor(session: Session, toasts: Toasts) {
    this.session = session;
    this.toasts = toasts;
  }

  // --- selection -----------------------------------------------------------------------------------------------

  selection = (): Selection => this.selected;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  select(id: string | null, mode: Selection["mode"] = "command"): void {
    if (this.selected.id === id && this.selected.mode === mode) return;
    this.selected = { id, mode };
    for (const listener of this.listeners) listener();
  }

  /** The editor of a cell lost the focus to something else in the page. */
  leave(id: string): void {
    if (this.selected.id === id) this.select(id, "command");
  }

  /** Selects the neighbour; false at the end. */
  step(by: 1 | -1, mode: Selection["mode"] = "command"): boolean {
    const order = this.order();
    const at = this.index();
    const id = order[at === -1 ? (by === 1 ? 0 : order.length - 1) : at + by];
    if (id === undefined) return false;
    this.select(id, mode);
    return true;
  }

  /** The caret leaves an editor: on into the next one, or onto a text cell, which stays as it is read. */
  stepFromEditor(by: 1 | -1): boolean {
    const next = this.order()[this.index() + by];
    if (next === undefined) return false;
    return this.step(by, this.book?.cell(next)?.type === "markdown" ? "command" : "edit");
  }

  // --- structure -----------------------------------------------------------------------------------------------

  /** Inserts a cell at this place and starts to edit it. */
  insert(type: CellType, index: number): void {
    const { book } = this;
    if (book === null) return;
    const id = newId();
    book.insert(id, type, index);
    this.select(id, "edit");
  }

  insertBeside(type: CellType, side: "above" | "below"): void {
    const at = this.index();
    this.insert(type, at === -1 ? this.order().length : at + (side === "below" ? 1 : 0));
  }

  move(id: string, by: 1 | -1): void {
    const at = this.order().indexOf(id) + by;
    if (at >= 0 && at < this.order().length) this.book?.move(id, at);
  }

  /** Deletes a cell, and offers it back: the server keeps its outputs for that. */
  delete(id: string): void {
    const { book } = this;
    const deleted = book?.delete(id) ?? null;
    if (book === null || deleted === null) return;
    if (this.selected.id === id) this.select(book.order()[Math.min(deleted.index, book.order().length - 1)] ?? null);
    const undo = () => {
      if (this.book !== book) return;
      book.restore(deleted);
      this.select(id);
    };
    this.toasts.say(strings.cell.deleted, { label: strings.undo, run: undo });
  }

  undoStructure(): void {
    this.book?.structureUndo.undo();
  }

  setType(id: string, type: CellType): void {
    this.book?.setType(id, type);
  }

  // --- runs ----------------------------------------------------------------------------------------------------

  /** Runs a cell (a text cell is just shown), then goes on as asked. */
  run(id: string, after: After): void {
    const cell = this.book?.cell(id);
    if (cell?.type === "code") this.report(this.session.run([id]));
    this.select(id, "command");
    const at = this.order().indexOf(id);
    if (after === "insert" || (after === "next" && at === this.order().length - 1)) this.insert("code", at + 1);
    else if (after === "next") this.step(1);
  }

  runAll(): void {
    const code = this.order().filter((id) => this.book?.cell(id)?.type === "code");
    this.report(this.session.run(code));
  }

  /** What the run button does, by what the cell is doing. */
  pressRun(id: string): void {
    const { sending } = this.session.status();
    const state = this.session.runs.cell(id).current?.state;
    if (sending.has(id) || state === "queued") this.report(this.session.cancel(id));
    else if (state === "running") this.report(this.session.interrupt());
    else this.report(this.session.run([id]));
  }

  /** Shows a refusal; what was done needs no word. */
  report(reply: Promise<Reply>): void {
    void reply.then((problem) => {
      if (problem !== null) this.toasts.complain(problem);
    });
  }

  private get book(): NotebookDoc | null {
    return this.session.status().book;
  }

  private order(): readonly string[] {
    return this.book?.order() ?? [];
  }

  private index(): number {
    return this.selected.id === null ? -1 : this.order().indexOf(this.selected.id);
  }
}
