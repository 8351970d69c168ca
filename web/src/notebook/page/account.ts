/** A notebook whose connection is refused for want of a session: asks whose the browser is, and connects again when it is somebody's. */
import type { Account } from "../../person/model/account";
import type { Timers } from "../../net/connection";
import type { Session } from "../../session/session";

/** A server that refuses the socket and knows the session is asked no more often. */
const AGAIN_MS = 2_000;

export function listenToAccount(session: Session, account: Account, after: Timers["after"], signal: AbortSignal): void {
  const refused = () => {
    const { phase } = session.status();
    return phase.t === "refused" && phase.problem.status === 401 ? phase : null;
  };
  let told: object | null = null;
  let cancel = () => {};
  const look = () => {
    const phase = refused();
    if (phase === null || phase === told) return;
    // The first time at once: the page is to be covered as soon as the session is over.
    if (told === null) void account.ask();
    else cancel = after(AGAIN_MS, () => void account.ask());
    told = phase;
  };
  const come = () => {
    if (refused() !== null && account.who.read().t === "in") session.tryNow();
  };
  const stops = [session.subscribe(look), account.who.subscribe(come), () => cancel()];
  signal.addEventListener("abort", () => stops.forEach((stop) => stop()));
}
