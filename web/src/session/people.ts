/**
 * What accounts are called: the server says ids, people read names. Each is asked for once, many at a time. Until one is
 * known, its id stands for it. Plain TypeScript.
 */
export interface Known {
  readonly id: string;
  readonly login: string;
  readonly shown: string;
}

type Listener = () => void;

/** The server answers so many at once. */
const AT_ONCE = 20;

export class People {
  private readonly fetch: (ids: readonly string[]) => Promise<readonly Known[]>;
  private readonly known = new Map<string, Known>();
  private readonly asked = new Set<string>();
  private waiting: string[] = [];
  private readonly listeners = new Set<Listener>();

  constructor(fetch: (ids: readonly string[]) => Promise<readonly Known[]>) {
    this.fetch = fetch;
  }

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The name that they chose, else their login. */
  name(id: string): string {
    const person = this.get(id);
    if (person === null) return id;
    return person.shown === "" ? person.login : person.shown;
  }

  /** Without spaces: how one is called upon in a comment. */
  login(id: string): string {
    return this.get(id)?.login ?? id;
  }

  private get(id: string): Known | null {
    const person = this.known.get(id) ?? null;
    if (person === null && id !== "" && !this.asked.has(id)) this.want(id);
    return person;
  }

  private want(id: string): void {
    this.asked.add(id);
    this.waiting.push(id);
    if (this.waiting.length === 1) queueMicrotask(() => void this.ask());
  }

  private async ask(): Promise<void> {
    const ids = this.waiting;
    this.waiting = [];
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const some = ids.slice(at, at + AT_ONCE);
      const found = await this.fetch(some).catch(() => null);
      // What could not be asked is asked again with the next look.
      if (found === null) for (const id of some) this.asked.delete(id);
      else for (const person of found) this.known.set(person.id, person);
    }
    for (const listener of this.listeners) listener();
  }
}
