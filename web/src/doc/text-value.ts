/** The text of a Y.Text as a value that can be watched; read once for each change, however many look at it. */
import type * as Y from "yjs";

export class TextValue {
  private readonly text: Y.Text;
  private value: string;

  constructor(text: Y.Text) {
    this.text = text;
    this.value = text.toJSON();
  }

  read = (): string => this.value;

  subscribe = (listener: () => void): (() => void) => {
    const observe = () => {
      this.value = this.text.toJSON();
      listener();
    };
    this.value = this.text.toJSON();
    this.text.observe(observe);
    return () => this.text.unobserve(observe);
  };
}
