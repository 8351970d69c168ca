/** Whether this person has starred the notebook: shown at once, taken back when the server refuses. Plain TypeScript. */

export interface StarPorts {
  readonly put: (starred: boolean) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

type Listener = () => void;

export class Star {
  private readonly ports: StarPorts;
  private readonly listeners = new Set<Listener>();
  private starred = false;

  constructor(ports: StarPorts) {
    this.ports = ports;
  }

  read = (): boolean => this.starred;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** As the server has it. */
  heard(starred: boolean): void {
    this.become(starred);
  }

  toggle(): void {
    const wanted = !this.starred;
    this.become(wanted);
    this.ports.put(wanted).catch((error: unknown) => {
      this.become(!wanted);
      this.ports.failed(error);
    });
  }

  private become(starred: boolean): void {
    this.starred = starred;
    for (const listener of this.listeners) listener();
  }
}
