/** Who is signed in to this page, as far as it knows. No React. */
import { Value } from "../../ui/value";
import { type Me, ProblemError } from "../../net/rest";

export type Who =
  /** Not asked yet, or the server does not answer: the page goes on as if somebody were. */
  | { readonly t: "unknown" }
  | { readonly t: "in"; readonly me: Me }
  /** Nobody. `was`: who was, while this page was open. */
  | { readonly t: "out"; readonly was: Me | null };

export class Account {
  readonly who = new Value<Who>({ t: "unknown" });
  private readonly readMe: () => Promise<Me>;
  private asking: Promise<void> | null = null;

  constructor(readMe: () => Promise<Me>) {
    this.readMe = readMe;
  }

  /** Whether the session of this browser still holds, and whose it is. */
  ask(): Promise<void> {
    this.asking ??= this.readMe()
      .then(
        (me) => this.begin(me),
        (error: unknown) => {
          if (error instanceof ProblemError && error.problem.status === 401) this.end();
        },
      )
      .finally(() => (this.asking = null));
    return this.asking;
  }

  /** Somebody is signed in. */
  begin(me: Me): void {
    this.who.become({ t: "in", me });
  }

  /** The session is over, by whatever. */
  end(): void {
    const who = this.who.read();
    if (who.t !== "out") this.who.become({ t: "out", was: who.t === "in" ? who.me : null });
  }

  get me(): Me | null {
    const who = this.who.read();
    return who.t === "in" ? who.me : null;
  }
}
