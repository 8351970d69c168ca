/**
 * One open notebook as a person handles it: the session, what is selected, what can be done. It joins the parts of
 * model/ and does little itself. Plain TypeScript; the components subscribe to the parts.
 */
import type { CellFacts } from "../doc/layout";
import type { NotebookDoc } from "../doc/notebook-doc";
import type { Reply } from "../net/commands";
import { ProblemError, UNREACHABLE } from "../net/rest";
import type { RuntimeRest } from "../net/runtime-rest";
import type { Session } from "../session/session";
import type { SettingsStore } from "../settings/store";
import type { Toasts } from "../ui/toasts";
import { strings } from "../words";
import { Finder } from "./find/finder";
import type { Searcher } from "./find/searcher";
import { Away } from "./model/away";
import type { CodeHelp } from "./editor/help/help";
import { codeHelpOf } from "./model/code-help";
import type { Dock } from "./model/dock";
import { EditorFocus } from "./model/editor-focus";
import { EarlyTyping } from "./model/early-typing";
import { FileActions, type FilePorts } from "./model/file-actions";
import { LostCell } from "./model/lost-cell";
import { Running } from "./model/running";
import { SectionsModel } from "./model/sections";
import { Selection } from "./model/selection";
import { Shell } from "./model/shell";
import { Star } from "./model/star";
import { type Deleted, Structure } from "./model/structure";
import { isSourceHidden } from "./model/visibility";
import { TypeAhead } from "./model/type-ahead";
import { Writing } from "./model/writing";
import { Terminals } from "./model/terminals";
import { Trust } from "./model/trust";
import { FrameRegistry } from "./outputs/frame-registry";
import { Conversation } from "./comments/conversation";
import { Following } from "./people/following";
import { Whereabouts } from "./people/whereabouts";

export interface ControllerPorts {
  readonly session: Session;
  readonly settings: SettingsStore;
  readonly toasts: Toasts;
  readonly newId: () => string;
  /** There is room for a pane beside the cells. */
  readonly wide: boolean;
  readonly files: FilePorts;
  readonly dock: Dock;
  readonly runtime: RuntimeRest;
  readonly searcher: Searcher;
  readonly storage: Pick<Storage, "getItem" | "setItem">;
  readonly now: () => number;
  readonly after: (ms: number, call: () => void) => () => void;
}

export class NotebookController {
  readonly session: Session;
  readonly settings: SettingsStore;
  readonly toasts: Toasts;
  /** Shows another page of ours. */
  readonly go: (path: string) => void;
  readonly sections: SectionsModel;
  readonly selection: Selection;
  readonly structure: Structure;
  readonly running: Running;
  readonly shell: Shell;
  readonly files: FileActions;
  readonly dock: Dock;
  /** Terminals and files of the runtime, over HTTP. */
  readonly runtime: RuntimeRest;
  readonly terminals: Terminals;
  readonly editor = new EditorFocus();
  readonly earlyTyping = new EarlyTyping(() => this.book, this.editor);
  readonly lostCell: LostCell;
  readonly typeAhead = new TypeAhead();
  readonly writing = new Writing();
  readonly codeHelp: CodeHelp;
  readonly frames = new FrameRegistry();
  readonly searcher: Searcher;
  readonly finder: Finder;
  readonly away: Away;
  readonly star: Star;
  readonly conversation: Conversation;
  readonly whereabouts: Whereabouts;
  readonly following: Following;

  constructor(ports: ControllerPorts) {
    const { session, settings, toasts, newId, wide, files, dock, runtime, searcher, after, storage, now } = ports;
    this.session = session;
    this.codeHelp = codeHelpOf(session);
    this.dock = dock;
    this.runtime = runtime;
    this.terminals = new Terminals({ rest: runtime, dock, newId, complain: (problem) => toasts.complain(problem) });
    this.settings = settings;
    this.toasts = toasts;
    this.go = files.go;
    this.sections = new SectionsModel(session);
    this.selection = new Selection(
      () => this.sections.read().visible,
      (ids) => this.unfolded(ids),
    );
    // Whatever goes to a cell, goes to one that can be seen.
    this.selection.subscribe(() => {
      const { id } = this.selection.read();
      if (id !== null) this.sections.reveal(id);
    });
    this.lostCell = new LostCell({
      book: () => this.book,
      subscribeBook: session.subscribeBook,
      selection: this.selection,
      textOf: (cell) => this.editor.of(cell)?.text() ?? null,
      lost: (back) => toasts.say(strings.cell.takenAway, { label: strings.cell.putBack, run: back }, true),
    });
    this.whereabouts = new Whereabouts(session.presence, this.selection);
    this.following = new Following(session.presence);
    const deleted = ({ count, undo, onBack }: Deleted) =>
      toasts.offer(strings.cell.deleted(count), { label: strings.undo, run: undo }, onBack);
    const structure = { book: () => this.book, runs: session.runs, newId, deleted };
    this.structure = new Structure(structure, this.selection);
    this.shell = new Shell(settings, this.typeAhead, wide);
    const trust = new Trust({
      notebook: session.notebook,
      storage,
      people: () => ({ user: session.status().user, owner: session.status().rights.owner }),
      ask: (run) => this.shell.openDialog("run-trust", run),
    });
    this.running = new Running(session, this.selection, this.structure, trust, (reply) => this.report(reply));
    this.searcher = searcher;
    const { runs, notebook } = session;
    this.star = new Star({
      put: (starred) => files.rest.star(notebook, starred),
      failed: (error) => toasts.complain(error instanceof ProblemError ? error.problem : UNREACHABLE),
    });
    this.away = new Away({ notebook, runs, storage, now });
    this.conversation = new Conversation({ notebook, runs, user: () => session.status().user, storage });
    this.finder = new Finder({
      book: () => this.book,
      subscribeBook: session.subscribeBook,
      runs,
      selection: this.selection,
      searcher,
      after,
    });
    this.files = new FileActions(files, session, this.selection, this.structure, toasts);
  }

  get book(): NotebookDoc | null {
    return this.session.status().book;
  }

  /** Ids of the cells in their order. */
  order(): readonly string[] {
    return this.book?.order() ?? [];
  }

  /** The cell in focus. */
  get cell(): CellFacts | null {
    const { id } = this.selection.read();
    return id === null ? null : (this.book?.cell(id) ?? null);
  }

  /** The caret leaves an editor at this column: on into the next one, or onto a cell whose text is not there to edit. */
  stepFromEditor(by: 1 | -1, column = 0): boolean {
    const { book, selection } = this;
    const next = selection.neighbour(by);
    if (next === null || book === null) return false;
    const shown = book.cell(next)?.type !== "markdown" && !isSourceHidden(book.meta(next));
    selection.select(next, shown ? "edit" : "command");
    if (shown) this.editor.of(next)?.enter(by, column);
    return true;
  }

  /** These cells and those that are hidden behind them, in their order. */
  private unfolded(ids: readonly string[]): readonly string[] {
    const { hidden } = this.sections.read();
    if (hidden.size === 0) return ids;
    const chosen = new Set(ids);
    return this.order().filter((id) => chosen.has(id) || chosen.has(hidden.get(id) ?? ""));
  }

  /** Folds sections, or opens them. What was in focus and is hidden by that hands the focus to the heading. */
  foldSections(ids: readonly string[], folded: boolean): void {
    this.sections.fold(ids, folded);
    const { id } = this.selection.read();
    const heading = id === null ? undefined : this.sections.read().hidden.get(id);
    if (heading !== undefined) this.selection.select(heading);
  }

  /** Shows a refusal; what was done needs no word. */
  report(reply: Promise<Reply>): void {
    void reply.then((problem) => {
      if (problem !== null) this.toasts.complain(problem);
    });
  }
}
