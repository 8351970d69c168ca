/**
 * Commands: everything that a person can do, written once. Menus, palette, toolbars, shortcuts and the page of shortcuts
 * all read this registry. Plain TypeScript: knows neither React nor what a notebook is.
 */

/** `C` is what commands act on. */
export interface Command<C> {
  /** Stable: settings keep shortcuts by it. `<subject>.<verb>`. */
  readonly id: string;
  readonly title: string;
  /** Key chords as in keys.ts, the one that is shown first. */
  readonly keys?: readonly string[];
  /** False: shown, but not to be had now. */
  readonly when?: (context: C) => boolean;
  /** For what is on or off; shown as a check mark. */
  readonly checked?: (context: C) => boolean;
  readonly run: (context: C) => void;
  /** Left out of the palette: it makes sense only with the keys (a step of the caret, say). */
  readonly hidden?: boolean;
}

export class Commands<C> {
  private readonly byId: ReadonlyMap<string, Command<C>>;
  private readonly refuses: (id: string, context: C) => string | null;

  /** Throws when two have one id: that is a mistake of ours. `refuses`: why this person may not, for people; null: they may. */
  constructor(commands: readonly Command<C>[], refuses: (id: string, context: C) => string | null = () => null) {
    this.refuses = refuses;
    const byId = new Map<string, Command<C>>();
    for (const command of commands) {
      if (byId.has(command.id)) throw new Error(`Two commands are called ${command.id}`);
      byId.set(command.id, command);
    }
    this.byId = byId;
  }

  all(): readonly Command<C>[] {
    return [...this.byId.values()];
  }

  /** Throws for an id that is none: that is a mistake of ours. */
  get(id: string): Command<C> {
    const command = this.byId.get(id);
    if (command === undefined) throw new Error(`No command is called ${id}`);
    return command;
  }

  can(id: string, context: C): boolean {
    return this.refuses(id, context) === null && (this.get(id).when?.(context) ?? true);
  }

  /** Why it may not be done by this person; null: they may, if it can be done now. */
  refusal(id: string, context: C): string | null {
    return this.refuses(id, context);
  }

  /** False when it is not to be had now; nothing was done then. */
  run(id: string, context: C): boolean {
    if (!this.can(id, context)) return false;
    this.get(id).run(context);
    return true;
  }
}
