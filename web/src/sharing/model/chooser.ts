/**
 * Choosing people and teams by what is typed: what was found, which of it is in focus, who is chosen. Plain TypeScript;
 * the component draws it and gives it its keys.
 */
import { type Found, nameOfPerson } from "../../net/sharing-rest";

export interface Choice {
  readonly kind: "user" | "team";
  readonly id: string;
  readonly name: string;
  /** Beside the name, to tell two of one name apart; "" for none. */
  readonly login: string;
}

export interface ChooserState {
  readonly text: string;
  readonly chosen: readonly Choice[];
  readonly options: readonly Choice[];
  /** The place of the option in focus; -1: none. */
  readonly at: number;
  readonly open: boolean;
  /** A search is on its way. */
  readonly searching: boolean;
  /** The words that `options` were found for. */
  readonly searched: string;
}

export interface ChooserPorts {
  readonly search: (words: string, signal: AbortSignal) => Promise<Found>;
  readonly after: (ms: number, call: () => void) => () => void;
  /** Who has a place already, by kind and id: not offered. */
  readonly taken: (choice: Choice) => boolean;
}

/** So long typing rests before it is searched. */
const REST_MS = 180;
const NOTHING: ChooserState = {
  text: "",
  chosen: [],
  options: [],
  at: -1,
  open: false,
  searching: false,
  searched: "",
};

export const keyOf = ({ kind, id }: Pick<Choice, "kind" | "id">): string => `${kind}:${id}`;

export function choicesOf({ people, teams }: Found): readonly Choice[] {
  return [
    ...people.map((person): Choice => {
      const name = nameOfPerson(person);
      return { kind: "user", id: person.id, name, login: name === person.login ? "" : person.login };
    }),
    ...teams.map(({ id, name }): Choice => ({ kind: "team", id, name, login: "" })),
  ];
}

export class Chooser {
  private readonly ports: ChooserPorts;
  private readonly most: number;
  private state = NOTHING;
  private readonly listeners = new Set<() => void>();
  private cancel: () => void = () => undefined;
  private asking: AbortController | null = null;

  /** `most`: so many can be chosen. */
  constructor(ports: ChooserPorts, most = Infinity) {
    this.ports = ports;
    this.most = most;
  }

  read = (): ChooserState => this.state;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  type(text: string): void {
    this.stop();
    const words = text.trim();
    if (words === "") {
      this.become({ text, options: [], at: -1, open: false, searching: false, searched: "" });
      return;
    }
    this.become({ text, open: true, searching: true });
    this.cancel = this.ports.after(REST_MS, () => void this.search(words));
  }

  /** The next option, or the one before; around the ends. */
  step(by: 1 | -1): void {
    const { options, at, open } = this.state;
    if (options.length === 0) return;
    const from = at === -1 && by === -1 ? 0 : at;
    this.become({ open: true, at: open ? (from + by + options.length) % options.length : Math.max(at, 0) });
  }

  /** The option in focus, or this one. False: there is none. */
  choose(option: Choice | undefined = this.state.options[this.state.at]): boolean {
    const { chosen, open } = this.state;
    if (option === undefined || !open) return false;
    this.stop();
    const without = chosen.filter((one) => keyOf(one) !== keyOf(option));
    const room = [...without, option].slice(-this.most);
    this.become({ ...NOTHING, chosen: room });
    return true;
  }

  remove(choice: Choice): void {
    this.become({ chosen: this.state.chosen.filter((one) => keyOf(one) !== keyOf(choice)) });
  }

  /** Backspace in an empty field takes the last one back. */
  removeLast(): boolean {
    const last = this.state.chosen.at(-1);
    if (this.state.text !== "" || last === undefined) return false;
    this.remove(last);
    return true;
  }

  /** The list goes; what was typed stays. False: it was not open. */
  close(): boolean {
    if (!this.state.open) return false;
    this.stop();
    this.become({ open: false, at: -1, searching: false });
    return true;
  }

  /** As it was at first. */
  clear(): void {
    this.stop();
    this.become(NOTHING);
  }

  private async search(words: string): Promise<void> {
    const asking = new AbortController();
    this.asking = asking;
    const found = await this.ports.search(words, asking.signal).catch(() => null);
    if (asking.signal.aborted) return;
    const chosen = new Set(this.state.chosen.map(keyOf));
    const all = found === null ? [] : choicesOf(found);
    const options = all.filter((choice) => !chosen.has(keyOf(choice)) && !this.ports.taken(choice));
    this.become({ options, at: options.length > 0 ? 0 : -1, searching: false, searched: words });
  }

  private stop(): void {
    this.cancel();
    this.asking?.abort();
  }

  private become(part: Partial<ChooserState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}
