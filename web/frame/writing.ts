/**
 * `document.write`, as scripts of outputs know it from classic notebooks: what is written stands in the output whose script
 * writes it. Left to the browser it would wipe the whole frame, for the document has long been read.
 */

/** The name that a script of an output has in stacks, by which what it does later is known as its own. */
const NAME = /noctule-output-(\d+)/;

/** Runs scripts that came as text, one after the other; the first at once. */
export type RunScripts = (scripts: readonly HTMLScriptElement[]) => Promise<void>;

/** What one script writes, piece by piece: a tag may be opened by one call and closed by a later one. */
class Sheet {
  private readonly parser = document.implementation.createHTMLDocument();
  private readonly place: HTMLElement;
  private readonly seen = new WeakSet<HTMLScriptElement>();
  private written = "";
  private waiting: HTMLScriptElement[] = [];
  private running = false;

  constructor(place: HTMLElement) {
    this.place = place;
    this.parser.open();
    this.feed("<!doctype html><body><div style='display: contents'>");
    // The parser goes on writing into this element wherever it stands: what is there is shown at once, and stays the same.
    const root = this.parser.body.firstElementChild;
    if (root !== null) place.append(root);
  }

  write(html: string, run: RunScripts): void {
    this.written += html;
    this.feed(html);
    const closed = this.written.match(/<\/script\b/gi)?.length ?? 0;
    const scripts = [...this.place.querySelectorAll("script")].slice(0, closed).filter((one) => !this.seen.has(one));
    for (const script of scripts) this.seen.add(script);
    this.waiting.push(...scripts);
    if (!this.running) void this.drain(run);
  }

  private feed(html: string): void {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the one parser that takes a text in pieces
    this.parser.write(html);
  }

  private async drain(run: RunScripts): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) await run(this.waiting.splice(0));
    this.running = false;
  }
}

export class Writing {
  private readonly outputs: HTMLElement[] = [];
  private readonly numbers = new WeakMap<HTMLElement, number>();
  private readonly sheets = new WeakMap<Element, Sheet>();
  private readonly run: RunScripts;

  constructor(run: RunScripts) {
    this.run = run;
  }

  /** Takes the place of the document's own. */
  install(): void {
    Object.assign(document, {
      write: (...texts: unknown[]) => this.write(texts.join("")),
      writeln: (...texts: unknown[]) => this.write(`${texts.join("")}\n`),
      open: () => document,
      close: () => undefined,
    });
  }

  /** A script of this output, with a name that says so. */
  named(code: string, output: HTMLElement): string {
    return /^\s*\/\/[#@] sourceURL=/m.test(code)
      ? code
      : `${code}\n//# sourceURL=noctule-output-${this.numberOf(output)}`;
  }

  private numberOf(output: HTMLElement): number {
    const known = this.numbers.get(output);
    if (known !== undefined) return known;
    this.numbers.set(output, this.outputs.length);
    return this.outputs.push(output) - 1;
  }

  private write(html: string): void {
    const script = document.currentScript;
    // What stands in an output is written where the script stands; what comes later, or from a library, at its end.
    const after = script?.closest(".output") != null ? script : null;
    const key = after ?? this.writer();
    if (key === null) return;
    let sheet = this.sheets.get(key);
    if (sheet === undefined) {
      const place = document.createElement("div");
      place.style.display = "contents";
      if (after === null) key.append(place);
      else after.after(place);
      sheet = new Sheet(place);
      this.sheets.set(key, sheet);
    }
    sheet.write(html, this.run);
  }

  /** The output whose script is at work, by the names in the stack; else the last one that had a script. */
  private writer(): HTMLElement | null {
    const number = NAME.exec(new Error().stack ?? "")?.[1];
    const named = number === undefined ? undefined : this.outputs[Number(number)];
    return named ?? this.outputs.findLast(({ isConnected }) => isConnected) ?? null;
  }
}
