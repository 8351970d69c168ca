/** Something done at once, without a form: what came of it is said below. */
import { problemOf } from "./doing";
import { saidOf } from "./said";
import type { Toasts } from "./toasts";

export type Act = <T>(work: () => Promise<T>, said: string | ((done: T) => string)) => void;

/** Does it, says so or why not, and goes on with `after` in both cases: what is shown is read again. */
export const acting =
  (toasts: Toasts, after: () => void): Act =>
  (work, said) =>
    void work()
      .then(
        (done) => toasts.say(typeof said === "string" ? said : said(done)),
        (error: unknown) => toasts.say(saidOf(problemOf(error)), null, true),
      )
      .finally(after);
