/**
 * Find and replace in one notebook, on the model: what is looked for, where it is, which match one is at. Knows no
 * editor and no DOM; what is drawn follows its state. The search itself goes on in a worker (searcher.ts).
 */
import type { NotebookDoc } from "../../doc/notebook-doc";
import type { RunStore } from "../../runs/store";
import { LIMITS } from "../../wire/types";
import type { Selection } from "../model/selection";
import { type Fields, fieldsOf, LANE, type Match } from "./fields";
import type { Found } from "./match";
import { compile, type Query, type Where } from "./query";
import { replaceAll, type Replaced, replaceOne } from "./replace";
import type { Searcher, Texts } from "./searcher";

/** After a change of the notebook, and not at each key. */
const SETTLE_MS = 150;
const OUTPUTS_MS = 1_000;

export interface FindState {
  readonly query: Query;
  readonly where: Where;
  readonly replacement: string;
  readonly matches: readonly Match[];
  /** Of all, also those that are not held. */
  readonly count: number;
  /** Which of `matches` one is at. */
  readonly at: number | null;
  /** Cells whose outputs were searched only in part. */
  readonly partly: readonly string[];
  readonly trouble: null | { readonly t: "invalid"; readonly why: string } | { readonly t: "slow" };
  /** Counts how often one went to a match, so that going to the same one again is seen. */
  readonly visits: number;
  /** Counts how often one wanted to write into the field. */
  readonly asked: number;
  readonly searching: boolean;
}

const FIRST: FindState = {
  query: { text: "", matchCase: false, wholeWord: false, regex: false },
  where: { code: true, text: true, outputs: false, onlySelected: false },
  replacement: "",
  matches: [],
  count: 0,
  at: null,
  partly: [],
  trouble: null,
  visits: 0,
  asked: 0,
  searching: false,
};

export interface FinderPorts {
  readonly book: () => NotebookDoc | null;
  /** Called when another document takes the place of this one. */
  readonly subscribeBook: (listener: () => void) => () => void;
  readonly runs: RunStore;
  readonly selection: Selection;
  readonly searcher: Searcher;
  readonly after: (ms: number, call: () => void) => () => void;
}

export interface Caret {
  readonly cell: string;
  /** In UTF-16 units of its source. */
  readonly from: number;
}

type Listener = () => void;

export class Finder {
  private readonly ports: FinderPorts;
  private readonly listeners = new Set<Listener>();
  private state = FIRST;
  private stopWatching: (() => void) | null = null;
  private turn = 0;
  /** Where the caret was when one began to look. */
  private caret: Caret | null = null;

  constructor(ports: FinderPorts) {
    this.ports = ports;
  }

  read = (): FindState => this.state;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  // --- what is looked for --------------------------------------------------------------------------------------

  look(part: Partial<Query>): void {
    this.become({ query: { ...this.state.query, ...part } });
    void this.search();
  }

  /** The field is wanted, for this text unless it is none. One begins at the caret, if it is in an editor. */
  ask(text: string, caret: Caret | null): void {
    this.caret = caret;
    this.become({ asked: this.state.asked + 1, at: null });
    if (text !== "") this.look({ text });
  }

  lookIn(part: Partial<Where>): void {
    this.become({ where: { ...this.state.where, ...part } });
    void this.search();
  }

  replaceBy(replacement: string): void {
    this.become({ replacement });
  }

  /** Follows the notebook as long as the pane is open. What comes back ends that. */
  open(): () => void {
    this.stopWatching?.();
    this.stopWatching = this.watch();
    void this.search();
    return () => this.close();
  }

  private close(): void {
    this.stopWatching?.();
    this.stopWatching = null;
    this.turn += 1;
    this.ports.searcher.close();
    this.become({ matches: [], count: 0, at: null, trouble: null, searching: false });
  }

  // --- going from match to match -------------------------------------------------------------------------------

  step(by: 1 | -1): void {
    const { matches, at } = this.state;
    if (matches.length === 0) return;
    const from = at ?? this.firstFromHere() - (by === 1 ? 1 : 0);
    this.go((from + by + matches.length) % matches.length);
  }

  go(at: number): void {
    this.become({ at, visits: this.state.visits + 1 });
  }

  /** The match that one is at. */
  current(): Match | null {
    const { at, matches } = this.state;
    return at === null ? null : (matches[at] ?? null);
  }

  /** The first match at the caret or behind it, else of the selected cell or one below; of all when there is none. */
  private firstFromHere(): number {
    const { id } = this.ports.selection.read();
    return id === null ? 0 : this.firstBehind(id, this.caret?.cell === id ? this.caret.from : 0);
  }

  /** The first match of this cell that begins at `from` or later, or of a cell below it. */
  private firstBehind(cell: string, from: number): number {
    const order = this.ports.book()?.order() ?? [];
    const places = new Map(order.map((id, index) => [id, index]));
    const here = places.get(cell) ?? 0;
    const found = this.state.matches.findIndex((match) => {
      const place = places.get(match.cell) ?? 0;
      return place > here || (place === here && (match.part === "output" || match.from >= from));
    });
    return Math.max(0, found);
  }

  // --- replacing -----------------------------------------------------------------------------------------------

  /** Replaces the match that one is at, and goes to the next. False when there is none that can be replaced. */
  async replace(): Promise<boolean> {
    const match = this.current();
    const book = this.ports.book();
    if (match === null || match.part !== "source" || book === null) {
      this.step(1);
      return false;
    }
    const { query, replacement } = this.state;
    const end = await replaceOne({ book, searcher: this.ports.searcher }, query, replacement, match);
    await this.search();
    if (end !== null) this.goBehind(match.cell, end);
    return end !== null;
  }

  /** Replaces all matches in sources as one step for undo. */
  async replaceAll(): Promise<Replaced> {
    const book = this.ports.book();
    const { query, replacement, matches } = this.state;
    const cells = [...new Set(matches.filter(({ part }) => part === "source").map(({ cell }) => cell))];
    if (book === null || cells.length === 0) return { t: "done", count: 0, cells: 0, left: 0, undo: () => false };
    const made = await replaceAll({ book, searcher: this.ports.searcher }, query, replacement, cells);
    await this.search();
    return made;
  }

  private goBehind(cell: string, end: number): void {
    if (this.state.matches.length > 0) this.go(this.firstBehind(cell, end));
  }

  // --- searching -----------------------------------------------------------------------------------------------

  private async search(): Promise<void> {
    const turn = (this.turn += 1);
    const { query, where } = this.state;
    const book = this.ports.book();
    if (book === null || query.text === "" || this.stopWatching === null) {
      this.nothing(null);
      return;
    }
    const compiled = compile(query);
    if (compiled.t === "invalid") {
      this.nothing(compiled);
      return;
    }
    this.become({ searching: true });
    const found = fieldsOf(book, this.ports.runs, where, this.ports.selection.read().ids);
    const texts = found.fields.map(({ key, text }) => [key, text] as const);
    const told = await this.ports.searcher.search(texts, query, LIMITS.FIND_MATCHES, LANE);
    if (told.t === "slow" && query === this.state.query) {
      // Not tried again at each change of the notebook: only another query is another try.
      this.turn += 1;
      this.nothing({ t: "slow" });
      return;
    }
    if (turn !== this.turn || told.t !== "told") return;
    this.take(found, told.value.texts, told.value.count);
  }

  private take({ fields, partly }: Fields, texts: Texts<Found>, count: number): void {
    const byKey = new Map(fields.map((field) => [field.key, field]));
    const matches = texts.flatMap(([key, list]) => {
      const field = byKey.get(key);
      if (field === undefined) return [];
      const { cell, part, text } = field;
      return list.map(({ from, to }, nth): Match => ({ cell, part, text, nth, from, to }));
    });
    this.become({ matches, count, partly, at: this.kept(matches), trouble: null, searching: false });
  }

  /** Where the match that one is at stands now, or the next one of its text. */
  private kept(matches: readonly Match[]): number | null {
    const old = this.current();
    if (old === null) return null;
    const at = matches.findIndex(({ cell, part, from }) => cell === old.cell && part === old.part && from >= old.from);
    return at === -1 ? null : at;
  }

  private nothing(trouble: FindState["trouble"]): void {
    this.become({ matches: [], count: 0, at: null, partly: [], trouble, searching: false });
  }

  private watch(): () => void {
    const { ports } = this;
    let stopBook = (): void => undefined;
    let pending: (() => void) | null = null;
    const later = () => {
      pending ??= ports.after(SETTLE_MS, () => {
        pending = null;
        if (this.state.trouble?.t !== "slow") void this.search();
      });
    };
    const follow = () => {
      const { doc } = ports.book() ?? {};
      stopBook();
      doc?.on("update", later);
      stopBook = () => doc?.off("update", later);
      later();
    };
    follow();
    const selected = () => this.state.where.onlySelected && later();
    const stops = [ports.subscribeBook(follow), ports.selection.subscribe(selected), this.watchOutputs(later)];
    return () => {
      stopBook();
      pending?.();
      for (const stop of stops) stop();
    };
  }

  /** Outputs grow many times a second: they are looked at again once a second. */
  private watchOutputs(changed: () => void): () => void {
    let { rev } = this.ports.runs;
    let stop = (): void => undefined;
    const look = () => {
      if (this.state.where.outputs && this.ports.runs.rev !== rev) changed();
      ({ rev } = this.ports.runs);
      stop = this.ports.after(OUTPUTS_MS, look);
    };
    stop = this.ports.after(OUTPUTS_MS, look);
    return () => stop();
  }

  private become(part: Partial<FindState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}
