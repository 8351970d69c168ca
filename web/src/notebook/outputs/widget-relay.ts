/**
 * Between the widgets of one frame and the rest of the world: gives the frame the models that it needs, from the run state
 * (or from the file, when they were never run here), then what changes; takes what its widgets say to the kernel.
 *
 * A frame speaks to the models that it was given, and to no others. Buffers are fetched; what comes after them waits, so
 * that a frame hears everything in its order.
 */
import type { CommType, FrameModel, WidgetEvent, WidgetNews } from "../../../frame/protocol";
import type { Reply } from "../../net/commands";
import type { RunStore } from "../../runs/store";
import { type BlobRef, LIMITS, type Op, type Problem, type WidgetModel } from "../../wire/types";
import type { LinkOwners } from "./link-owners";
import { closureOf, isLinkFrom, referencesOf, savedModel } from "./widget-models";

type Fields = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];
type Refs = readonly (readonly [Path, BlobRef])[];

export interface CommMessage {
  readonly id: string;
  readonly type: CommType;
  readonly content: string;
  readonly buffers: readonly ArrayBuffer[];
}

export interface RelayPorts {
  readonly runs: RunStore;
  /** The notebook's metadata, where the file keeps its widgets. */
  readonly metadata: () => Fields;
  readonly buffer: (sha256: string) => Promise<ArrayBuffer>;
  readonly cdn: () => Promise<boolean>;
  /** Whether this person may use widgets. Who may not sees them as they are, switched off where that can be. */
  readonly may: () => boolean;
  /** Calls when that may be another. What comes back ends it. */
  readonly onMay: (listener: () => void) => () => void;
  /** Says it to the kernel; ids are of this page. */
  readonly comm: (message: CommMessage) => Promise<Reply>;
  readonly complain: (problem: Problem | "too-large") => void;
  /** To the frame. */
  readonly say: (news: WidgetNews) => void;
  readonly links: LinkOwners;
  /** A text that no other frame of any page has. */
  readonly name: string;
}

const ID = /^[\w-]{1,40}$/;
/** What is around a message in its frame. */
const FRAME_HEAD_BYTES = 16_384;
/** What is longer is not even read. */
const READ_BYTES = 4 * LIMITS.PAGE_FRAME_BYTES;

/** The one kind of comm that is a widget's: what else listens in a kernel is not for frames. */
const TARGET = "jupyter.widget";

interface Content {
  readonly comm_id: string;
  readonly target_name: unknown;
  readonly data: Fields;
}

export class WidgetRelay {
  private readonly ports: RelayPorts;
  private readonly known = new Map<string, { alive: boolean }>();
  private readonly made = new Set<string>();
  private readonly waiting = new Set<string>();
  private readonly forget: readonly (() => void)[];
  private usable: boolean;
  private work: Promise<unknown> = Promise.resolve();
  private ended = false;

  constructor(ports: RelayPorts) {
    this.ports = ports;
    this.usable = ports.may();
    this.forget = [
      ports.runs.subscribeOps((ops) => (ops === null ? this.startOver() : this.hear(ops))),
      ports.onMay(() => this.lookUsable()),
    ];
  }

  end(): void {
    this.ended = true;
    this.ports.links.release(this);
    for (const forget of this.forget) forget();
  }

  /** A view of the frame needs this model. */
  open(id: string): void {
    this.give([id], id);
  }

  /** A widget of the frame says something to its model. */
  comm(message: CommMessage): void {
    const size = message.buffers.reduce((sum, buffer) => sum + buffer.byteLength, message.content.length);
    if (!ID.test(message.id)) return this.say([taken(message.id)]);
    if (size > READ_BYTES) {
      this.ports.complain("too-large");
      return this.say([taken(message.id)]);
    }
    const content = contentOf(message);
    if (content === null || !this.mayTell(content, message.type)) return this.say([taken(message.id)]);
    if (!this.usable) return isLook(content) ? this.say([taken(message.id)]) : this.takeBack(message.id, content);
    if (size > LIMITS.PAGE_FRAME_BYTES - FRAME_HEAD_BYTES) {
      this.ports.complain("too-large");
      return this.takeBack(message.id, content);
    }
    const id = `${this.ports.name}-${message.id}`;
    this.waiting.add(message.id);
    if (message.type === "comm_open") this.made.add(content.comm_id);
    void this.ports.comm({ ...message, id }).then((problem) => {
      if (problem === null || !this.waiting.delete(message.id)) return;
      this.ports.complain(problem);
      this.takeBack(message.id, content);
    });
  }

  /** Only what this frame was given, or opened by itself, and only while its kernel is there. */
  private mayTell({ comm_id: id, target_name: target }: Content, type: CommType): boolean {
    if (type === "comm_open") return target === TARGET && this.mayOpen(id);
    return this.made.has(id) || this.known.get(id)?.alive === true;
  }

  /** A widget that lives here may make others. An output that is no widget makes none, and nothing reaches what exists. */
  private mayOpen(id: string): boolean {
    const lives = [...this.known.values()].some(({ alive }) => alive);
    return lives && !this.known.has(id) && this.ports.runs.widget(id) === null;
  }

  /** It never came to the kernel: the frame hears, as if it were the echo, what is so. */
  private takeBack(id: string, { comm_id, data }: Content): void {
    const asked = data["state"];
    const model = this.ports.runs.widget(comm_id);
    if (model === null || data["method"] !== "update" || typeof asked !== "object" || asked === null) {
      return this.say([taken(id)]);
    }
    const state = Object.fromEntries(Object.keys(asked).map((key) => [key, model.state[key] ?? null]));
    this.say([{ t: "patch", id: comm_id, state: this.shown(state), buffers: [], by: id }, taken(id)]);
  }

  // --- from the server -----------------------------------------------------------------------------------------

  private hear(ops: readonly Op[]): void {
    for (const op of ops) this.hearOp(op);
  }

  private hearOp(op: Op): void {
    switch (op.t) {
      case "widget":
        if (this.known.has(op.model.id)) this.renew(op.model);
        else if (this.made.has(op.model.id)) this.known.set(op.model.id, { alive: true });
        else if (this.works(op.model)) this.give([op.model.id]);
        return;
      case "widget-patch":
        if (this.known.has(op.id)) this.patch(op.id, op.state, op.buffers, this.own(op.by));
        return;
      case "widget-gone":
        if (this.known.delete(op.id)) this.say([{ t: "gone", id: op.id }]);
        return;
      case "widget-said": {
        const buffers = op.buffers.map((bytes) => bytes.slice().buffer);
        if (this.known.has(op.id)) this.say([{ t: "said", id: op.id, content: op.content, buffers }]);
        return;
      }
      case "comm-taken":
        return this.hearTaken(this.own(op.id));
      case "kernel":
        return this.lookAlive();
      default:
        return;
    }
  }

  /** The name that the frame gave a message; of others' messages the whole. */
  private own(id: string): string {
    const start = `${this.ports.name}-`;
    return id.startsWith(start) ? id.slice(start.length) : id;
  }

  private hearTaken(id: string): void {
    if (this.waiting.delete(id)) this.say([taken(id)]);
  }

  /** After a time away nobody knows what was dealt with: nothing is waited for, and every model is as it is now. */
  private startOver(): void {
    this.say([...this.waiting].map(taken));
    this.waiting.clear();
    for (const id of this.known.keys()) {
      const model = this.ports.runs.widget(id);
      if (model !== null) this.renew(model);
    }
    this.lookAlive();
  }

  /** The person may do more or less than before. */
  private lookUsable(): void {
    const usable = this.ports.may();
    if (usable === this.usable) return;
    this.usable = usable;
    // Nothing else of them changes: to give them anew would make their views anew.
    for (const id of this.known.keys()) {
      const state = this.ports.runs.widget(id)?.state ?? {};
      if ("disabled" in state) this.patch(id, { disabled: state["disabled"] }, [], "");
    }
  }

  private lookAlive(): void {
    const events: WidgetEvent[] = [];
    for (const [id, facts] of this.known) {
      const model = this.ports.runs.widget(id);
      const alive = model !== null && this.isAlive(model);
      if (alive === facts.alive) continue;
      facts.alive = alive;
      events.push({ t: "alive", id, alive });
    }
    if (events.some((event) => event.t === "alive" && !event.alive)) {
      events.push(...[...this.waiting].map(taken));
      this.waiting.clear();
    }
    if (events.length > 0) this.say(events);
  }

  private isAlive({ epoch }: WidgetModel): boolean {
    const { kernel } = this.ports.runs.summary();
    return kernel?.epoch === epoch && kernel.state !== "dead";
  }

  // --- to the frame --------------------------------------------------------------------------------------------

  /** Models that the frame does not have, with all that they refer to and the links that lead from them. */
  private give(ids: readonly string[], open: string | null = null): void {
    const stateOf = (id: string) => this.model(id)?.state ?? null;
    const fresh: string[] = [];
    const add = (id: string) => {
      for (const next of closureOf(id, stateOf, new Set(this.known.keys()))) {
        this.known.set(next, { alive: this.model(next)?.alive ?? false });
        fresh.push(next);
      }
    };
    ids.forEach(add);
    if (fresh.length > 0) {
      for (const model of this.ports.runs.widgets()) if (this.works(model)) add(model.id);
    }
    this.later(() => Promise.all(fresh.map((id) => this.modelEvent(id))), open);
  }

  /** Whether this is a link that leads from here, and that no other frame works. */
  private works({ id, state }: WidgetModel): boolean {
    const leads = !this.known.has(id) && isLinkFrom(state, this.known);
    return leads && this.ports.links.claim(id, this);
  }

  private model(id: string): { readonly state: Fields; readonly alive: boolean } | null {
    const model = this.ports.runs.widget(id);
    return model === null ? savedModel(this.ports.metadata(), id) : { state: model.state, alive: this.isAlive(model) };
  }

  private async modelEvent(id: string): Promise<WidgetEvent> {
    const model = this.ports.runs.widget(id);
    if (model === null) {
      const saved = savedModel(this.ports.metadata(), id);
      return saved === null ? { t: "gone", id } : { t: "model", model: saved };
    }
    const buffers = await this.fetched(model.buffers);
    return { t: "model", model: { id, state: this.shown(model.state), buffers, alive: this.isAlive(model) } };
  }

  private renew(model: WidgetModel): void {
    this.known.set(model.id, { alive: this.isAlive(model) });
    this.needed(model.state);
    this.later(async () => {
      const buffers = await this.fetched(model.buffers);
      return [
        { t: "model", model: { id: model.id, state: this.shown(model.state), buffers, alive: this.isAlive(model) } },
      ];
    });
  }

  private patch(id: string, state: Fields, refs: Refs, by: string): void {
    this.needed(state);
    this.later(async () => [{ t: "patch", id, state: this.shown(state), buffers: await this.fetched(refs), by }]);
  }

  /** The state as this frame has it. */
  private shown(state: Fields): Fields {
    return this.usable || !("disabled" in state) ? state : { ...state, disabled: true };
  }

  /** What a state refers to is there before the state is. */
  private needed(state: Fields): void {
    const lacking = [...referencesOf(state)].filter((id) => !this.known.has(id));
    if (lacking.length > 0) this.give(lacking);
  }

  private async fetched(refs: Refs): Promise<FrameModel["buffers"]> {
    const found = await Promise.all(
      refs.map(async ([path, { sha256 }]) => {
        const bytes = await this.ports.buffer(sha256).catch(() => null);
        // It was replaced since; what replaced it comes next.
        return bytes === null ? null : ([path, bytes] as const);
      }),
    );
    return found.filter((buffer) => buffer !== null);
  }

  private say(events: readonly WidgetEvent[]): void {
    if (events.length > 0) this.later(() => Promise.resolve(events));
  }

  private later(make: () => Promise<readonly WidgetEvent[]>, open: string | null = null): void {
    const made = make();
    this.work = this.work
      .then(async () => {
        const [events, cdn] = await Promise.all([made, this.ports.cdn()]);
        if (!this.ended) this.ports.say({ t: "widgets", events, open, cdn });
      })
      .catch(() => undefined);
  }
}

/** Which page of a tab or an accordion is open: everybody has an own look at it. */
const isLook = ({ data }: Content): boolean => {
  const state = data["state"];
  return typeof state === "object" && state !== null && Object.keys(state).every((key) => key === "selected_index");
};

const taken = (comm: string): WidgetEvent => ({ t: "taken", comm });

function contentOf({ content }: CommMessage): Content | null {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== "object" || value === null) return null;
    const { comm_id: id, target_name, data } = value as Fields;
    const isData = typeof data === "object" && data !== null;
    return typeof id === "string" ? { comm_id: id, target_name, data: isData ? (data as Fields) : {} } : null;
  } catch {
    return null;
  }
}
