/** What a person does with runs: which cells run, and steering the kernel. Plain TypeScript. */
import type { NotebookDoc } from "../../doc/notebook-doc";
import type { Reply } from "../../net/commands";
import type { Session } from "../../session/session";
import type { Selection } from "./selection";
import type { Structure } from "./structure";
import type { Trust } from "./trust";

/** Where one goes on after a run. */
export type After = "stay" | "next" | "insert";

export class Running {
  private readonly session: Session;
  private readonly selection: Selection;
  private readonly structure: Structure;
  /** Shows a refusal; what was done needs no word. */
  private readonly report: (reply: Promise<Reply>) => void;
  private readonly trust: Trust;

  constructor(
    session: Session,
    selection: Selection,
    structure: Structure,
    trust: Trust,
    report: (reply: Promise<Reply>) => void,
  ) {
    this.session = session;
    this.selection = selection;
    this.structure = structure;
    this.trust = trust;
    this.report = report;
  }

  /** Runs these cells (a text cell is just shown), in the order of the page. */
  run(ids: readonly string[]): void {
    const wanted = new Set(ids);
    const code = this.order().filter((id) => wanted.has(id) && this.book?.cell(id)?.type === "code");
    if (code.length > 0) this.trust.guard(() => this.report(this.session.run(code)));
  }

  /** Runs the selected cells, then goes on as asked. */
  runSelected(after: After): void {
    const ids = this.selection.whole();
    const { id } = this.selection.read();
    const last = ids.at(-1);
    if (last === undefined || id === null) return;
    this.run(ids);
    if (after === "stay") {
      this.selection.leave(id);
      return;
    }
    const at = this.order().indexOf(last);
    if (after === "insert" || at === this.order().length - 1) this.structure.insert("code", at + 1);
    else this.selection.select(this.order()[at + 1] ?? null);
  }

  runAll(): void {
    this.run(this.order());
  }

  /** All cells before that in focus. */
  runBefore(): void {
    this.run(this.order().slice(0, Math.max(0, this.focus())));
  }

  /** That in focus and all after it. */
  runAfter(): void {
    if (this.focus() !== -1) this.run(this.order().slice(this.focus()));
  }

  /** Runs code that is no cell yet, as a new cell below: what ran is always to be seen in the notebook. */
  runText(source: string): void {
    const id = this.structure.insertBeside("code", "below", source);
    if (id !== null) this.run([id]);
  }

  /** What the run button does, by what the cell is doing. */
  press(id: string): void {
    const { sending } = this.session.status();
    const state = this.session.runs.cell(id).current?.state;
    if (sending.has(id) || state === "queued") this.report(this.session.cancel(id));
    else if (state === "running") this.report(this.session.interrupt());
    else this.run([id]);
  }

  interrupt(): void {
    this.report(this.session.interrupt());
  }

  restart(): void {
    this.report(this.session.restart());
  }

  /** The cells run in the new kernel: a run that is asked for after a restart never overtakes it. */
  restartAndRunAll(): void {
    void this.session.restart().then((problem) => {
      if (problem === null) this.runAll();
      else this.report(Promise.resolve(problem));
    });
  }

  connect(): void {
    this.report(this.session.connectRuntime());
  }

  disconnect(): void {
    this.report(this.session.disconnectRuntime());
  }

  /** Removes the outputs of these cells; of all when null. */
  clear(ids: readonly string[] | null): void {
    this.report(this.session.clear(ids));
  }

  cancelAll(): void {
    this.report(this.session.cancelAll());
  }

  private get book(): NotebookDoc | null {
    return this.session.status().book;
  }

  private order(): readonly string[] {
    return this.book?.order() ?? [];
  }

  private focus(): number {
    const { id } = this.selection.read();
    return id === null ? -1 : this.order().indexOf(id);
  }
}
