/** Whether this person has said that they run what somebody else wrote: asked once for a notebook. Plain TypeScript. */
export interface TrustPorts {
  readonly notebook: string;
  readonly storage: Pick<Storage, "getItem" | "setItem">;
  /** One's own id, and that of the owner; "" before they are known. */
  readonly people: () => { readonly user: string; readonly owner: string };
  /** Asks; `run` is what happens when the answer is yes. */
  readonly ask: (run: () => void) => void;
}

export class Trust {
  private readonly ports: TrustPorts;

  constructor(ports: TrustPorts) {
    this.ports = ports;
  }

  /** Does it, at once or when it was allowed. */
  guard(run: () => void): void {
    const { user, owner } = this.ports.people();
    if (owner === "" || user === owner || this.given(user)) {
      run();
      return;
    }
    this.ports.ask(() => {
      this.give(user);
      run();
    });
  }

  private key = (user: string) => `noctule.trusted.${user}.${this.ports.notebook}`;

  private given(user: string): boolean {
    try {
      return this.ports.storage.getItem(this.key(user)) !== null;
    } catch {
      return false;
    }
  }

  private give(user: string): void {
    try {
      this.ports.storage.setItem(this.key(user), "1");
    } catch {
      // It is asked again the next time.
    }
  }
}
