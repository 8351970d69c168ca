/** What a browser gives to the plain layers: sockets, timers, storage, chance. The only file that binds them. */
import { Account } from "./person/model/account";
import { DocumentKeep } from "./doc/keep";
import { Parting } from "./doc/parting";
import type { Socket, SocketEvents } from "./net/connection";
import { DriveRest } from "./net/drive-rest";
import { address, ProblemError, Rest } from "./net/rest";
import { FrameExits } from "./notebook/outputs/frame-exits";
import { FrameFocus } from "./notebook/outputs/frame-focus";
import { FrameHeights } from "./notebook/outputs/frame-heights";
import { People } from "./session/people";
import { RightsMemory } from "./session/rights";
import type { SessionPorts } from "./session/ports";
import { SETTINGS_KEY } from "./settings/settings";
import { SettingsStore } from "./settings/store";
import type { Problem } from "./wire/types";
import { strings } from "./words";

export function csrfCookie(): string {
  const found = /(?:^|;\s*)noctule_csrf=([^;]*)/.exec(document.cookie);
  return decodeURIComponent(found?.[1] ?? "");
}

export const rest = new Rest({
  fetch: (...request) => window.fetch(...request),
  csrf: csrfCookie,
  signedOut: () => account.end(),
});

export const driveRest = new DriveRest(rest);

/** Who is signed in to this page. */
export const account = new Account(() => rest.me());

/** Names of accounts, for all that this page shows. */
export const people = new People((ids) => rest.people(ids), strings.people.gone);

/** Shared by the tabs of this browser. */
export const settings = new SettingsStore(localStorage);
export const frameHeights = new FrameHeights(localStorage);
let cdn: Promise<boolean> | null = null;

/** Whether output frames may load third parties' widgets from the network; asked once. */
export function widgetCdn(): Promise<boolean> {
  cdn ??= rest.me().then(
    (me) => me.widget_cdn,
    () => {
      cdn = null;
      return false;
    },
  );
  return cdn;
}

export const frameExits = new FrameExits(window);
export const frameFocus = new FrameFocus(window);

window.addEventListener("storage", ({ key }) => {
  if (key === SETTINGS_KEY || key === null) settings.reread();
});

/** 12 random bytes in hex, as the server makes its ids. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What comes back calls it off. */
export function after(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
}

export const timers = { now: () => Date.now(), after };

/** `path` is one of this server's. */
export function dialSocket(path: string, events: SocketEvents): Socket {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => events.opened();
  socket.onmessage = (event: MessageEvent<ArrayBuffer>) => events.message(event.data);
  socket.onclose = (event) => events.closed(event.code, event.reason);
  return socket;
}

/** A refused upgrade looks like an absent server; HTTP tells them apart. */
export async function diagnose(notebook: string): Promise<Problem | null> {
  try {
    await rest.notebook(notebook);
    return null;
  } catch (error) {
    const problem = error instanceof ProblemError ? error.problem : null;
    return problem !== null && [401, 403, 404].includes(problem.status) ? problem : null;
  }
}

/** Keeps what is typed in this page, also when it is left at once. */
function documentKeep(): DocumentKeep {
  const tab = newId();
  const keep = new DocumentKeep(indexedDB, new Parting(localStorage, tab), tab);
  window.addEventListener("pagehide", () => keep.leave());
  return keep;
}

/** One for all notebooks that this page opens. */
export const keep = documentKeep();

export function sessionPorts(notebook: string): SessionPorts {
  return {
    dial: (events) => dialSocket(address.socket(notebook), events),
    timers,
    random: () => Math.random(),
    online: () => navigator.onLine,
    diagnose: () => diagnose(notebook),
    keep,
    rights: new RightsMemory(localStorage),
    people,
    newId,
  };
}
