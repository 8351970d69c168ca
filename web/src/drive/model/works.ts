/** Work on many items, a few requests at once: how far it is, and how to stop it. No React. */
import type { Problem } from "../../wire/types";
import { problemOf } from "./listing";

const AT_ONCE = 4;
/** Shorter work is over before one could read of it. */
const SHOWN_FROM = 8;

export interface Work {
  readonly id: number;
  readonly title: string;
  readonly done: number;
  /** Null: nobody knows how much there is. */
  readonly total: number | null;
}

export interface WorkResult<In, Out> {
  readonly done: readonly { readonly input: In; readonly output: Out }[];
  readonly failed: readonly { readonly input: In; readonly problem: Problem }[];
  /** Not begun any more. */
  readonly left: readonly In[];
}

type Listener = () => void;

export class Works {
  private shown: readonly Work[] = [];
  private next = 1;
  private readonly listeners = new Set<Listener>();
  private readonly stops = new Map<number, () => void>();

  read = (): readonly Work[] => this.shown;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  stop(id: number): void {
    this.stops.get(id)?.();
  }

  async each<In, Out>(
    title: string,
    inputs: readonly In[],
    act: (input: In) => Promise<Out>,
  ): Promise<WorkResult<In, Out>> {
    const waiting = [...inputs];
    const done: { input: In; output: Out }[] = [];
    const failed: { input: In; problem: Problem }[] = [];
    let left: readonly In[] = [];
    const work = this.show(title, inputs.length, () => {
      left = waiting.splice(0);
    });
    const go = async () => {
      for (let input = waiting.shift(); input !== undefined; input = waiting.shift()) {
        try {
          done.push({ input, output: await act(input) });
        } catch (error) {
          failed.push({ input, problem: problemOf(error) });
        }
        work.progress(done.length + failed.length);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, go));
    work.over();
    return { done, failed, left };
  }

  /** One piece of work of unknown length; `stop` ends it. */
  show(title: string, total: number | null, stop: () => void) {
    const id = this.next++;
    this.stops.set(id, stop);
    const seen = total === null || total >= SHOWN_FROM;
    if (seen) this.become([...this.shown, { id, title, done: 0, total }]);
    return {
      progress: (done: number, of = total) =>
        this.become(this.shown.map((work) => (work.id === id ? { ...work, done, total: of } : work))),
      over: () => {
        this.stops.delete(id);
        this.become(this.shown.filter((work) => work.id !== id));
      },
    };
  }

  private become(shown: readonly Work[]): void {
    this.shown = shown;
    for (const listener of this.listeners) listener();
  }
}
