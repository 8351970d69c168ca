/** Waits until the server has what was typed here: a revision, and a comparison with now, are of what one sees. Plain. */
import type { Session } from "../../session/session";

/** Longer than any commit takes; past it something is wrong, and whoever waits is told. */
export const SETTLED_MS = 5_000;

/** Whether all edits of this page are durable, as soon as they are. */
export function whenSaved(session: Pick<Session, "status" | "subscribe" | "timers">): Promise<boolean> {
  const saved = () => session.status().joined && session.status().unsaved === 0;
  if (saved()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (result: boolean) => {
      forget();
      stop();
      resolve(result);
    };
    const forget = session.subscribe(() => saved() && end(true));
    const stop = session.timers.after(SETTLED_MS, () => end(false));
  });
}
