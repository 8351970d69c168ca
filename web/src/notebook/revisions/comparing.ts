/** One comparison at a time: the latest that was asked for counts, and the one before it stays until the next is there. */
import type { ComparisonInfo, RevisionsRest } from "../../net/revisions-rest";
import type { Problem } from "../../wire/types";
import { problemOf, type Sides } from "./history";
import { type Row, rowsOf } from "./rows";

export interface Compared {
  readonly sides: Sides;
  readonly info: ComparisonInfo;
  readonly rows: readonly Row[];
}

export interface ComparingState {
  readonly compared: Compared | null;
  readonly busy: boolean;
  readonly problem: Problem | null;
}

type Port = Pick<RevisionsRest, "compare">;
type Listener = () => void;

const NOTHING: ComparingState = { compared: null, busy: false, problem: null };

export class Comparing {
  private readonly port: Port;
  private readonly listeners = new Set<Listener>();
  private generation = 0;
  private state = NOTHING;

  constructor(port: Port) {
    this.port = port;
  }

  read = (): ComparingState => this.state;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  clear(): void {
    this.generation += 1;
    this.become(NOTHING);
  }

  async compare(sides: Sides): Promise<void> {
    const generation = ++this.generation;
    this.become({ ...this.state, busy: true, problem: null });
    try {
      const info = await this.port.compare(sides.old, sides.new);
      if (generation !== this.generation) return;
      this.become({ compared: { sides, info, rows: rowsOf(info.rows) }, busy: false, problem: null });
    } catch (error) {
      if (generation === this.generation) this.become({ compared: null, busy: false, problem: problemOf(error) });
    }
  }

  private become(state: ComparingState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
