/** Terminals of the runtime as a person handles them: found again, made, closed. Their tabs are the dock's. Plain TypeScript. */
import { ProblemError, UNREACHABLE } from "../../net/rest";
import type { RuntimeRest, TerminalInfo } from "../../net/runtime-rest";
import type { Problem } from "../../wire/types";
import { type Dock, terminalTab } from "./dock";

export interface TerminalsPorts {
  readonly rest: Pick<RuntimeRest, "terminals" | "makeTerminal" | "closeTerminal">;
  readonly dock: Dock;
  readonly newId: () => string;
  readonly complain: (problem: Problem) => void;
}

export class Terminals {
  private readonly ports: TerminalsPorts;
  private making = false;

  constructor(ports: TerminalsPorts) {
    this.ports = ports;
  }

  /** Shows the terminal used last; without one, those that run (another window has opened them), or a new one. */
  async open(): Promise<void> {
    const { dock, rest } = this.ports;
    const last = dock.read().tabs.findLast(({ kind }) => kind === "terminal");
    if (last !== undefined) {
      dock.activate(dock.active?.kind === "terminal" ? dock.active.id : last.id);
      return;
    }
    await this.once(async () => {
      const running = (await rest.terminals()).filter(({ end }) => end === null);
      if (running.length === 0) await this.start();
      for (const { id, number } of running) dock.show(terminalTab(id, number));
    });
  }

  async make(): Promise<void> {
    await this.once(() => this.start());
  }

  /** A new one in place of one that is over. */
  async renew(tab: string): Promise<void> {
    await this.once(async () => {
      await this.start();
      this.ports.dock.close(tab);
    });
  }

  /** What runs in it, when that is more than the shell. */
  async busy(id: string): Promise<TerminalInfo | null> {
    const all = await this.ports.rest.terminals().catch(() => []);
    return all.find((terminal) => terminal.id === id && terminal.busy) ?? null;
  }

  /** Hangs it up, and takes its tab away. */
  async close(id: string): Promise<void> {
    try {
      await this.ports.rest.closeTerminal(id);
    } catch (error) {
      const problem = problemOf(error);
      // With the runtime it is gone anyway.
      if (problem.code !== "no-runtime") {
        this.ports.complain(problem);
        return;
      }
    }
    this.ports.dock.close(terminalTab(id, 0).id);
  }

  private async start(): Promise<void> {
    const made = await this.ports.rest.makeTerminal(this.ports.newId());
    this.ports.dock.show(terminalTab(made.id, made.number));
  }

  /** A second press while the first is under way is the same wish. */
  private async once(work: () => Promise<void>): Promise<void> {
    if (this.making) return;
    this.making = true;
    try {
      await work();
    } catch (error) {
      this.ports.complain(problemOf(error));
    } finally {
      this.making = false;
    }
  }
}

const problemOf = (error: unknown): Problem => (error instanceof ProblemError ? error.problem : UNREACHABLE);
