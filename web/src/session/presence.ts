/**
 * Who else has this notebook open and where they are, and where this page is, told to them. Nothing of it is kept.
 *
 * Who somebody is, the server says (rooms/peers.py); a page says only its place. While there is no connection nobody is
 * known to be here. Plain TypeScript: what is shown of it, and where this page is, is the business of notebook/.
 */
import type { Timers } from "../net/connection";
import { type FromPage, LIMITS, type Peer, type PeerKey, type Peers, type Place } from "../wire/types";

/** Another page, of somebody else or another window of one's own. The same object until it moves. */
export interface Other {
  readonly key: string;
  readonly user: string;
  /** What that person is called. */
  readonly name: string;
  /** It is of the same user as this page. */
  readonly own: boolean;
  /** One of PEER_COLOURS. */
  readonly colour: number;
  readonly place: Place | null;
}

/** session/people.ts */
export interface Names {
  name(id: string): string;
  subscribe(listener: Listener): Listener;
}

type Listener = () => void;

const NOBODY: readonly Other[] = [];
const keyOf = ({ user, client_id }: PeerKey) => `${user}/${client_id}`;

export class Presence {
  readonly clientId: number;
  private readonly timers: Timers;
  private readonly names: Names;
  private send: ((frame: FromPage) => void) | null = null;
  private user = "";
  private others: ReadonlyMap<string, Other> = new Map();
  private list: readonly Other[] = NOBODY;
  private byCell: ReadonlyMap<string, readonly Other[]> = new Map();
  private readonly listeners = new Set<Listener>();
  private readonly cellListeners = new Map<string, Set<Listener>>();
  private place: Place | null = null;
  private told: Place | null = null;
  private isKnown = false;
  private toldAt = -Infinity;
  private cancelTelling: (() => void) | null = null;

  constructor(clientId: number, timers: Timers, names: Names) {
    this.clientId = clientId;
    this.timers = timers;
    this.names = names;
    names.subscribe(() => this.named());
  }

  // --- the connection ------------------------------------------------------------------------------------------

  connected(user: string, send: (frame: FromPage) => void): void {
    this.user = user;
    this.send = send;
    this.told = null;
    this.tell();
  }

  disconnected(): void {
    this.send = null;
    this.cancelTelling?.();
    this.cancelTelling = null;
    this.isKnown = false;
    this.become(new Map());
  }

  onPeers({ here, gone, whole }: Peers): void {
    this.isKnown ||= whole;
    const others = new Map(whole ? [] : this.others);
    for (const key of gone) others.delete(keyOf(key));
    for (const peer of here) {
      const other = this.otherOf(peer);
      if (other !== null) others.set(other.key, other);
    }
    this.become(others);
  }

  // --- this page -----------------------------------------------------------------------------------------------

  /** This page is here now. Told at the pace of LIMITS.PRESENCE_SECONDS, and only when it is another place. */
  at(place: Place | null): void {
    this.place = place;
    this.tell();
  }

  private tell(): void {
    if (this.send === null || this.cancelTelling !== null || samePlace(this.place, this.told)) return;
    const wait = this.toldAt + LIMITS.PRESENCE_SECONDS * 1000 - this.timers.now();
    if (wait > 0) {
      this.cancelTelling = this.timers.after(wait, () => {
        this.cancelTelling = null;
        this.tell();
      });
      return;
    }
    this.told = this.place;
    this.toldAt = this.timers.now();
    this.send({ t: "presence", place: this.place });
  }

  /** The server has said who is here. */
  get known(): boolean {
    return this.isKnown;
  }

  // --- the others ----------------------------------------------------------------------------------------------

  /** All others, in the order in which they came; the same array until one comes, moves or goes. */
  all = (): readonly Other[] => this.list;

  /** Those who are at this cell; the same array until that changes. */
  atCell = (id: string): readonly Other[] => this.byCell.get(id) ?? NOBODY;

  get(key: string): Other | null {
    return this.others.get(key) ?? null;
  }

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  subscribeCell(id: string, listener: Listener): Listener {
    const listeners = this.cellListeners.get(id) ?? new Set();
    this.cellListeners.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.cellListeners.get(id) === listeners) this.cellListeners.delete(id);
    };
  }

  private otherOf({ key: { user, client_id }, colour, place }: Peer): Other | null {
    const own = user === this.user;
    return own && client_id === this.clientId
      ? null
      : {
          key: keyOf({ user, client_id }),
          user,
          name: this.names.name(user),
          own,
          colour: colour % LIMITS.PEER_COLOURS,
          place,
        };
  }

  /** Somebody's name is known now, or another one. */
  private named(): void {
    const renamed = ([key, other]: [string, Other]): [string, Other] => {
      const name = this.names.name(other.user);
      return [key, name === other.name ? other : { ...other, name }];
    };
    this.become(new Map([...this.others].map(renamed)));
  }

  private become(others: ReadonlyMap<string, Other>): void {
    if (others.size === 0 && this.others.size === 0) return;
    const before = this.byCell;
    this.others = others;
    this.list = [...others.values()];
    this.byCell = groupedByCell(this.list, before);
    const cells = new Set([...before.keys(), ...this.byCell.keys()]);
    const woken = [...cells].filter((id) => before.get(id) !== this.byCell.get(id));
    for (const listener of this.listeners) listener();
    for (const id of woken) for (const listener of this.cellListeners.get(id) ?? []) listener();
  }
}

function samePlace(one: Place | null, two: Place | null): boolean {
  if (one === null || two === null) return one === two;
  const same = one.cell_id === two.cell_id && one.mode === two.mode;
  return same && sameBytes(one.anchor, two.anchor) && sameBytes(one.head, two.head);
}

function sameBytes(one: Uint8Array | null, two: Uint8Array | null): boolean {
  if (one === null || two === null) return one === two;
  return one.length === two.length && one.every((byte, at) => byte === two[at]);
}

/** Groups that are the same as before stay the same arrays. */
function groupedByCell(
  others: readonly Other[],
  before: ReadonlyMap<string, readonly Other[]>,
): ReadonlyMap<string, readonly Other[]> {
  const groups = new Map<string, Other[]>();
  for (const other of others) {
    const id = other.place?.cell_id;
    if (id === undefined) continue;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [other]);
    else group.push(other);
  }
  return new Map(
    [...groups].map(([id, group]) => {
      const old = before.get(id);
      const same = old?.length === group.length && old.every((other, at) => other === group[at]);
      return [id, same ? old : group];
    }),
  );
}
