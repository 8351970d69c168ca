/**
 * One open notebook: joins the connection, the document and the run state, and is all that the page talks to.
 *
 * The order on the socket is the promise of the protocol: after each Welcome first what the server lacks of the document,
 * then the runs that it has not confirmed; and an edit always leaves before a command that was given after it.
 * Plain TypeScript: no React, no browser globals; everything from outside comes in by SessionPorts.
 */
import { type Aside, Lineage } from "../doc/lineage";
import type { Numbered } from "../doc/unsaved";
import { type AnswerTo, Asks, type Told } from "../net/asks";
import { type Command, Commands, type Reply } from "../net/commands";
import { PAGE_PROTOCOL } from "../net/codec";
import { Connection, type Timers } from "../net/connection";
import type { Phase } from "../net/phase";
import { OwnRuns } from "../runs/own-runs";
import { RunStore } from "../runs/store";
import {
  type AskBody,
  type FromPage,
  type Open,
  type Problem,
  type Rights as RightsFrame,
  type Run,
  type ToPage,
  VERSION,
  type Welcome,
} from "../wire/types";
import type { People } from "./people";
import type { SessionPorts, SessionStatus } from "./ports";
import { Presence } from "./presence";
import { type Capability, GONE, needOf, NOT_ALLOWED, Rights } from "./rights";
import { Talk } from "./talk";
import { WantedOutputs } from "./wanted-outputs";

type Listener = () => void;

export class Session {
  readonly notebook: string;
  readonly runs = new RunStore();
  /** What this page asked to be run. */
  readonly own = new OwnRuns();
  readonly presence: Presence;
  readonly people: People;
  readonly timers: Timers;
  readonly talk: Talk;
  private readonly ports: SessionPorts;
  private readonly connection: Connection<FromPage, ToPage>;
  private readonly commands = new Commands();
  private readonly asks: Asks;
  private readonly lineage: Lineage;
  private readonly listeners = new Set<Listener>();
  private readonly bookListeners = new Set<Listener>();
  private readonly sendingListeners = new Set<Listener>();
  private readonly outputs = new WantedOutputs(this.runs);
  private joined = false;
  /** False when the run state that this page has is not to be gone on from. */
  private resume = true;
  private trouble: Problem | null = null;
  private rights: Rights;
  /** The server's document is to be begun anew: this page has edits in it that the server will not take. */
  private anew = false;
  /** Counts starts and stops, so that what an earlier start still waits for is not taken up. */
  private turn = 0;
  private user = "";
  private server = "";
  private statusCache: SessionStatus;

  constructor(notebook: string, ports: SessionPorts) {
    this.notebook = notebook;
    this.ports = ports;
    this.timers = ports.timers;
    this.presence = new Presence(1 + Math.floor(ports.random() * 2 ** 48), ports.timers, ports.people);
    this.people = ports.people;
    this.talk = new Talk({ newId: ports.newId, issue: (command) => this.issue(command) });
    this.asks = new Asks(ports.newId, ports.timers);
    this.lineage = new Lineage({
      update: (update, edit) => this.onUpdate(update, edit),
      replaced: () => this.notify(),
    });
    this.connection = new Connection(ports, PAGE_PROTOCOL, {
      hello: () => this.hello(),
      frame: (frame) => this.onFrame(frame),
      phase: (phase) => this.onPhase(phase),
    });
    this.rights = ports.rights.read(notebook);
    this.lineage.lock(!this.may("edit"));
    this.statusCache = this.makeStatus(new Set());
  }

  may(wanted: Capability): boolean {
    return this.rights.may(wanted);
  }

  /** Shows what this browser has at once, then connects. */
  async start(): Promise<void> {
    const turn = ++this.turn;
    const { keep } = this.ports;
    const [kept, aside] = await Promise.all([keep.load(this.notebook), keep.loadAside(this.notebook)]);
    if (turn !== this.turn) return;
    if (aside !== null) this.lineage.restoreAside(aside);
    if (kept !== null && this.lineage.book === null) this.lineage.restore(kept);
    this.connection.start();
  }

  stop(): void {
    this.turn += 1;
    this.connection.stop();
  }

  wake(): void {
    this.connection.wake();
  }

  check(): void {
    this.connection.check();
  }

  tryNow(): void {
    this.connection.tryNow();
  }

  status = (): SessionStatus => this.statusCache;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Called when the document is another one. Every cell asks for it, and the status changes with every key. */
  subscribeBook = (listener: Listener): Listener => {
    this.bookListeners.add(listener);
    return () => this.bookListeners.delete(listener);
  };

  /** Called when other cells are on their way to be run. */
  subscribeSending = (listener: Listener): Listener => {
    this.sendingListeners.add(listener);
    return () => this.sendingListeners.delete(listener);
  };

  /** What would be lost if the page were closed now: edits are not, this browser keeps them. */
  get unheard(): boolean {
    return this.commands.unheard;
  }

  // --- commands ------------------------------------------------------------------------------------------------

  /** Runs these cells in this order, as one batch, with the source that the server then holds. */
  async run(cellIds: readonly string[]): Promise<Reply> {
    if (cellIds.length === 0) return null;
    const executions = cellIds.map((cell_id) => ({ execution_id: this.ports.newId(), cell_id }));
    const batch_id = this.ports.newId();
    const asked = executions.map(({ execution_id }) => execution_id);
    this.own.asked(batch_id, asked);
    const problem = await this.issue({ t: "run", id: this.ports.newId(), batch_id, executions });
    if (problem !== null) this.own.forget(batch_id);
    return problem;
  }

  interrupt(): Promise<Reply> {
    return this.issue({ t: "interrupt", id: this.ports.newId() });
  }

  restart(): Promise<Reply> {
    return this.issue({ t: "restart", id: this.ports.newId() });
  }

  connectRuntime(): Promise<Reply> {
    return this.issue({ t: "connect", id: this.ports.newId() });
  }

  disconnectRuntime(): Promise<Reply> {
    return this.issue({ t: "disconnect", id: this.ports.newId() });
  }

  answer(promptId: string, value: string): Promise<Reply> {
    return this.issue({ t: "answer", id: this.ports.newId(), prompt_id: promptId, value });
  }

  /** What a widget that `cellId` shows says to the kernel. The id is the caller's: operations name it. */
  comm(id: string, type: string, content: string, buffers: readonly ArrayBuffer[], cellId: string): Promise<Reply> {
    const parts = buffers.map((buffer) => new Uint8Array(buffer));
    const text = new TextEncoder().encode(content);
    if (!this.may("run")) return Promise.resolve(NOT_ALLOWED);
    return this.commands.issue({ t: "comm", id, msg_type: type, content: text, buffers: parts, cell_id: cellId });
  }

  clear(cellIds: readonly string[] | null): Promise<Reply> {
    return this.issue({ t: "clear", id: this.ports.newId(), cell_ids: cellIds });
  }

  /** Takes a cell out of the queue: at once when its run was never sent, else by asking the server. */
  async cancel(cellId: string): Promise<Reply> {
    const unsent = this.commands.pendingRuns().filter((run) => run.executions.some((item) => item.cell_id === cellId));
    const withdrawn = unsent.filter((run) => this.commands.withdraw(run.id));
    for (const { batch_id } of withdrawn) this.own.forget(batch_id);
    this.notify();
    if (withdrawn.length > 0) return null;
    const { current } = this.runs.cell(cellId);
    if (current?.state !== "queued") return null;
    return this.issue({ t: "cancel", id: this.ports.newId(), execution_ids: [current.id] });
  }

  cancelAll(): Promise<Reply> {
    return this.issue({ t: "cancel", id: this.ports.newId(), execution_ids: null });
  }

  /** Asks for the outputs of a cell that the snapshot left out; again after a reconnect, until they come. */
  need(cellId: string): void {
    this.outputs.want(cellId);
  }

  /** Asks the kernel something that is no part of what it runs; see net/asks.ts. Starts no runtime. */
  ask<A extends AskBody>(ask: A, lane: string | null = null): Promise<Told<AnswerTo<A["t"]>>> {
    return this.asks.ask(ask, lane);
  }

  forgetAside(): void {
    const { aside } = this.lineage;
    const { keep } = this.ports;
    this.lineage.forgetAside();
    if (aside?.why === "refused") void this.forgetRefused(aside);
    else void keep.forgetAside(this.notebook);
    this.notify();
  }

  /** In the browser they lie among what the page still shows, which is kept anew: also what was written meanwhile. */
  private async forgetRefused({ epoch: refused }: Aside): Promise<void> {
    const { keep } = this.ports;
    await keep.forget(this.notebook, refused);
    const { epoch, unsavedCount } = this.lineage;
    const whole = this.rights.ended ? null : this.lineage.whole();
    if (whole !== null && epoch !== null) await keep.append(this.notebook, epoch, whole, unsavedCount > 0);
  }

  private async issue(command: Command): Promise<Reply> {
    if (!this.may(needOf(command))) return NOT_ALLOWED;
    const reply = this.commands.issue(command);
    this.notify();
    const result = await reply;
    this.notify();
    return result;
  }

  // --- the socket ----------------------------------------------------------------------------------------------

  private hello(): Open {
    return {
      t: "open",
      version: VERSION,
      client_id: this.presence.clientId,
      epoch: this.anew ? null : this.lineage.epoch,
      state_vector: this.anew ? null : this.lineage.stateVector(),
      rev: this.resume ? this.runs.rev : null,
    };
  }

  private onPhase(phase: Phase): void {
    if (phase.t !== "open" && this.joined) {
      this.joined = false;
      this.lineage.disconnected();
      this.commands.disconnected();
      this.asks.disconnected();
      this.presence.disconnected();
      this.outputs.disconnected();
    }
    if (phase.t === "refused" && GONE.has(phase.problem.code)) this.accessEnded();
    this.notify();
  }

  /** Nothing more is taken of this page, and what it shows is what it was. */
  private accessEnded(): void {
    if (this.rights.ended) return;
    const { epoch } = this.lineage;
    // What is shown stays until the page is closed; nothing of it is kept in the browser but what was never saved.
    if (this.lineage.unsavedCount > 0) this.lineage.refuse();
    else if (epoch !== null) void this.ports.keep.forget(this.notebook, epoch);
    // But what only this browser says was to be seen once, no server having shown it to this page, is not shown.
    if (this.server === "" && this.lineage.aside === null) this.lineage.drop();
    this.become(this.rights.over());
  }

  private become(rights: Rights): void {
    this.rights = rights;
    this.lineage.lock(!this.may("edit"));
    this.ports.rights.heard(this.notebook, rights);
  }

  private onRights({ capabilities }: RightsFrame): void {
    const comments = this.may("comment");
    this.become(this.rights.with(capabilities));
    // What was said before comes with a snapshot.
    if (this.may("comment") && !comments) return this.startOver();
    // What of the last edits the server has taken, only a new welcome tells.
    if (!this.may("edit") && this.lineage.unsavedCount > 0) this.connection.reopen();
    this.notify();
  }

  private onFrame(frame: ToPage): void {
    switch (frame.t) {
      case "welcome":
        return this.onWelcome(frame);
      case "peer":
        return this.lineage.peer(frame.update);
      case "durable":
        return this.onSaved(frame.n);
      case "ops":
        if (!this.runs.apply(frame.from_rev, frame.rev, frame.ops)) this.startOver();
        return;
      case "outputs":
        return this.outputs.come(frame);
      case "notice":
        this.trouble = frame.problem;
        return this.notify();
      case "done":
        return this.commands.settle(frame.id, null);
      case "failed":
        if (!this.asks.settle(frame.id, frame.problem)) this.commands.settle(frame.id, frame.problem);
        return;
      case "answer":
        this.asks.settle(frame.id, frame.answer);
        return;
      case "epoch":
        return this.connection.reopen();
      case "rights":
        return this.onRights(frame);
      case "peers":
        return this.presence.onPeers(frame);
      case "refused":
      case "pong":
        return;
    }
  }

  private onWelcome(welcome: Welcome): void {
    this.become(new Rights(welcome.capabilities, welcome.owner));
    const lacks = this.lineage.welcome(welcome, this.may("edit"));
    this.anew = lacks === null;
    if (lacks === null) return this.connection.reopen();
    this.joined = true;
    this.user = welcome.user;
    this.server = welcome.server;
    for (const numbered of lacks) this.sendUpdate(numbered);
    this.commands.connected((command) => this.connection.send(command));
    this.asks.connected(welcome.version, (frame) => this.connection.send(frame));
    this.presence.connected(welcome.user, (frame) => this.connection.send(frame));
    if (welcome.snapshot !== null) this.runs.reset(welcome.snapshot);
    this.resume = true;
    if (lacks.length === 0) this.tellKeep();
    this.trouble = null;
    this.outputs.connected((frame) => this.connection.send(frame));
    this.notify();
  }

  private onSaved(n: number): void {
    this.lineage.saved(n);
    if (this.lineage.unsavedCount === 0) this.tellKeep();
    this.notify();
  }

  /** All that is kept of this epoch is saved; but for edits that were refused, which are found again when the page is loaded. */
  private tellKeep(): void {
    const { epoch, aside } = this.lineage;
    if (epoch !== null && aside?.why !== "refused") void this.ports.keep.saved(this.notebook, epoch);
  }

  /** Operations are missing in between, which the protocol rules out: begin the run state anew. */
  private startOver(): void {
    this.resume = false;
    this.connection.reopen();
  }

  private onUpdate(update: Uint8Array, edit: { readonly send: Numbered | null } | null): void {
    if (edit?.send) this.sendUpdate(edit.send);
    if (this.lineage.epoch !== null) {
      void this.ports.keep.append(this.notebook, this.lineage.epoch, update, edit !== null);
    }
    if (edit !== null) this.notify();
  }

  private sendUpdate({ n, update }: Numbered): void {
    if (this.may("edit")) this.connection.send({ t: "update", n, update });
  }

  // --- what the page sees --------------------------------------------------------------------------------------

  private notify(): void {
    const before = this.statusCache;
    this.statusCache = this.makeStatus(this.sendingCells(before.sending));
    const { book, sending } = this.statusCache;
    for (const listener of this.listeners) listener();
    if (book !== before.book) for (const listener of this.bookListeners) listener();
    if (sending !== before.sending) for (const listener of this.sendingListeners) listener();
  }

  private makeStatus(sending: ReadonlySet<string>): SessionStatus {
    const { phase } = this.connection;
    const unsaved = this.lineage.unsavedCount;
    const { book, aside } = this.lineage;
    const { joined, user, server, trouble, rights } = this;
    return { phase, joined, unsaved, book, aside, sending, user, server, trouble, rights };
  }

  /** `before`, when it would be the same. */
  private sendingCells(before: ReadonlySet<string>): ReadonlySet<string> {
    const runs: readonly Run[] = this.commands.pendingRuns();
    const items = runs.flatMap((run) => run.executions);
    const waiting = items.filter(({ execution_id }) => this.runs.execution(execution_id) === null);
    const found = new Set(waiting.map(({ cell_id }) => cell_id));
    return found.size === before.size && [...found].every((id) => before.has(id)) ? before : found;
  }
}
