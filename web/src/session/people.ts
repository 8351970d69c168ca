/**
 * What accounts are called: the server says ids, people read names. Each is asked for once, many at a time. An id is never
 * a name: it stands for nobody a person knows. Plain TypeScript.
 */
export interface Known {
  readonly id: string;
  readonly login: string;
  readonly shown: string;
}

type Listener = () => void;

/** So many are asked for at once. */
const AT_ONCE = 20;
/** Stands where a name will be. */
const UNKNOWN = "…";

export class People {
  private readonly fetch: (ids: readonly string[]) => Promise<readonly Known[]>;
  /** What an account is called that is there no more. */
  private readonly goneName: string;
  /** Null: there is no such account any more. */
  private readonly known = new Map<string, Known | null>();
  private readonly asked = new Set<string>();
  private waiting: string[] = [];
  private readonly listeners = new Set<Listener>();
  private answers = 0;

  constructor(fetch: (ids: readonly string[]) => Promise<readonly Known[]>, goneName: string) {
    this.fetch = fetch;
    this.goneName = goneName;
  }

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Another number whenever more is known. */
  read = (): number => this.answers;

  /** The name that they chose, else their login; "" for nobody. */
  name(id: string): string {
    if (id === "") return "";
    const person = this.get(id);
    if (person === undefined) return UNKNOWN;
    if (person === null) return this.goneName;
    return person.shown === "" ? person.login : person.shown;
  }

  /** Without spaces: how one is called upon in a comment. "" for who cannot be: not known yet, or gone. */
  login(id: string): string {
    return this.get(id)?.login ?? "";
  }

  private get(id: string): Known | null | undefined {
    const person = this.known.get(id);
    if (person === undefined && id !== "" && !this.asked.has(id)) this.want(id);
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
      else for (const id of some) this.known.set(id, found.find((person) => person.id === id) ?? null);
    }
    this.answers += 1;
    for (const listener of this.listeners) listener();
  }
}
