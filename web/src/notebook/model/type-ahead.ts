/**
 * Keys for a field that a command opened and that is not there yet: its code is still fetched. They are kept, and are in
 * it when it has the focus; else they would be commands, or text of the cell one comes from. Plain TypeScript; the page
 * tells it of keys and focus.
 *
 *   idle --a command opens a field--> waiting --the focus is there, or the person turns elsewhere--> idle
 */
export class TypeAhead {
  private text: string | null = null;

  get isWaiting(): boolean {
    return this.text !== null;
  }

  /** A command opened something with a field to write in. */
  expect(): void {
    this.text = "";
  }

  /** Does what this key (`KeyboardEvent.key`) writes or takes away. A line cannot be ended before one sees it. */
  press(key: string): void {
    if (this.text === null) return;
    if (key === "Backspace") this.text = Array.from(this.text).slice(0, -1).join("");
    else if (/^.$/su.test(key)) this.text += key;
  }

  /** What was typed meanwhile; nobody waits for more. */
  end(): string {
    const { text } = this;
    this.text = null;
    return text ?? "";
  }
}
