/**
 * Whether a person is in the middle of writing: something was typed since the focus came to where it is and since the last
 * command. What asks for the focus by itself does not take it then. Plain TypeScript; the page tells it.
 */
export class Writing {
  private written = false;

  get isGoing(): boolean {
    return this.written;
  }

  typed(): void {
    this.written = true;
  }

  ended(): void {
    this.written = false;
  }
}
