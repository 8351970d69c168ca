/**
 * The options of `#@param`: JSON with the liberties that notebooks take - keys without quotes, single quotes, trailing
 * commas, words without quotes, Python's True, False, None. Pure. Nothing else of JavaScript is understood.
 */
export interface Item {
  /** `word` is what stands without quotes and is no number: a name, or a piece of code in a raw list. */
  readonly t: "string" | "number" | "boolean" | "none" | "word";
  readonly text: string;
}

export interface Options {
  readonly list: readonly Item[] | null;
  readonly fields: Readonly<Record<string, Item>>;
}

/** A list, an object, a list and then an object, or nothing; what comes after is a remark. Null when it is none of these. */
export function readOptions(text: string): Options | null {
  const reader = new Reader(text);
  const list = reader.sees("[") ? reader.list() : null;
  if (list === "broken") return null;
  const fields = reader.sees("{") ? reader.object() : {};
  return fields === "broken" ? null : { list, fields };
}

/** The text as one object from beginning to end; null when it is none. */
export function readObject(text: string): Readonly<Record<string, Item>> | null {
  const reader = new Reader(text);
  const found = reader.sees("{") ? reader.object() : "broken";
  return found === "broken" || !reader.atEnd() ? null : found;
}

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  sees(sign: string): boolean {
    this.skip();
    return this.text.startsWith(sign, this.at);
  }

  atEnd(): boolean {
    this.skip();
    return this.at >= this.text.length;
  }

  list(): readonly Item[] | "broken" {
    const items: Item[] = [];
    this.at += 1;
    while (!this.take("]")) {
      const item = this.item(/^[^,\]]+/);
      if (item === null) return "broken";
      items.push(item);
      if (!this.take(",") && !this.sees("]")) return "broken";
    }
    return items;
  }

  object(): Readonly<Record<string, Item>> | "broken" {
    const fields: Record<string, Item> = {};
    this.at += 1;
    while (!this.take("}")) {
      const key = this.item(/^[\w-]+/);
      if (key === null || !this.take(":")) return "broken";
      const value = this.item(/^[^,}]+/);
      if (value === null) return "broken";
      Object.defineProperty(fields, key.text, { value, enumerable: true, configurable: true });
      if (!this.take(",") && !this.sees("}")) return "broken";
    }
    return fields;
  }

  private skip(): void {
    while (/\s/.test(this.text.charAt(this.at))) this.at += 1;
  }

  private take(sign: string): boolean {
    if (!this.sees(sign)) return false;
    this.at += sign.length;
    return true;
  }

  private item(bare: RegExp): Item | null {
    this.skip();
    const quote = this.text.charAt(this.at);
    return quote === '"' || quote === "'" ? this.quoted(quote) : this.bare(bare);
  }

  private quoted(quote: string): Item | null {
    let text = "";
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      let sign = this.text.charAt(this.at);
      if (sign === quote) {
        this.at += 1;
        return { t: "string", text };
      }
      if (sign === "\\") {
        this.at += 1;
        const next = this.text.charAt(this.at);
        sign = next === "n" ? "\n" : next === "t" ? "\t" : /["'\\/]/.test(next) ? next : `\\${next}`;
      }
      text += sign;
    }
    return null;
  }

  private bare(pattern: RegExp): Item | null {
    const text = pattern.exec(this.text.slice(this.at))?.[0].trim() ?? "";
    if (text === "") return null;
    this.at += this.text.slice(this.at).indexOf(text) + text.length;
    if (/^(true|false)$/i.test(text)) return { t: "boolean", text: /^t/i.test(text) ? "True" : "False" };
    if (/^(none|null)$/i.test(text)) return { t: "none", text: "None" };
    return { t: /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? "number" : "word", text };
  }
}
