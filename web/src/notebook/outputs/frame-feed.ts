/**
 * What a frame is to show, from the outputs that the run state has: values that are kept elsewhere are fetched, and each
 * version of an output is sent once.
 */
import type { FrameBody, FrameItem } from "../../../frame/protocol";
import type { DisplayOutput, MimeValue, Output } from "../../wire/types";
import { BOKEH_EXEC, choose } from "./plan";

/** How long what was cleared stays: what is drawn next mostly comes at once, and takes its place in one step. */
export const LINGER_MS = 200;

/** Where values are that did not come with the output. */
export interface ValuePorts {
  readonly text: (output: string, type: string) => Promise<string>;
  readonly blob: (output: string, type: string) => Promise<Blob>;
  readonly failed: string;
}

interface Sent {
  readonly output: Output;
  readonly version: number;
}

const plain = (text: string): FrameBody => ({
  type: "text/plain",
  data: text,
  metadata: {},
  displayId: null,
  hidden: false,
});

export class FrameFeed {
  private readonly ports: ValuePorts;
  private readonly send: (items: readonly FrameItem[]) => void;
  private readonly sent = new Map<string, Sent>();
  private latest: readonly Output[] = [];
  private hidden: ReadonlySet<Output> = new Set();
  private working = false;
  private again = false;
  private ended = false;
  private lingering: ReturnType<typeof setTimeout> | undefined = undefined;

  constructor(ports: ValuePorts, send: (items: readonly FrameItem[]) => void) {
    this.ports = ports;
    this.send = send;
  }

  /** All outputs of the frame, in order; `before` are run first and not shown. */
  show(outputs: readonly Output[], before: readonly Output[]): void {
    clearTimeout(this.lingering);
    if (outputs.length > 0) return this.become(outputs, before);
    this.lingering = setTimeout(() => this.become([], []), LINGER_MS);
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.lingering);
  }

  private become(outputs: readonly Output[], before: readonly Output[]): void {
    this.latest = [...before, ...outputs];
    this.hidden = new Set(before);
    this.again = true;
    if (!this.working) void this.work();
  }

  /** Of states that follow one another faster than values come, the last counts; none is waited for in vain. */
  private async work(): Promise<void> {
    this.working = true;
    while (this.again) {
      this.again = false;
      const outputs = this.latest;
      const items = await Promise.all(outputs.map((output) => this.item(output)));
      if (this.ended) return;
      const ids = new Set(outputs.map(({ id }) => id));
      for (const id of this.sent.keys()) if (!ids.has(id)) this.sent.delete(id);
      this.send(items);
    }
    this.working = false;
  }

  private async item(output: Output): Promise<FrameItem> {
    const sent = this.sent.get(output.id);
    if (sent?.output === output) return { id: output.id, version: sent.version };
    const version = (sent?.version ?? 0) + 1;
    const hidden = this.hidden.has(output);
    const body = await this.body(output);
    this.sent.set(output.id, { output, version });
    return { id: output.id, version, body: { ...body, hidden } };
  }

  private async body(output: Output): Promise<FrameBody> {
    switch (output.t) {
      case "stream":
        return plain(output.text + output.text_end + output.tail);
      case "error":
        return plain([`${output.ename}: ${output.evalue}`, ...output.traceback].join("\n"));
      case "cut":
        return plain(output.cause.message);
      case "display":
        return this.display(output).catch(() => plain(this.ports.failed));
    }
  }

  private async display(output: DisplayOutput): Promise<FrameBody> {
    const chosen = choose(output);
    if (chosen === null) return plain("");
    const { type, value } = chosen;
    const { metadata, display_id: displayId } = output;
    const data = type === BOKEH_EXEC ? await this.bokeh(output) : await this.value(output.id, type, value);
    return { type, data, metadata, displayId, hidden: false };
  }

  private async value(output: string, type: string, value: MimeValue): Promise<unknown> {
    if (value.t === "inline") return value.value;
    if (type.startsWith("image/") && type !== "image/svg+xml") return this.ports.blob(output, type);
    const text = await this.ports.text(output, type);
    return type.endsWith("json") ? (JSON.parse(text) as unknown) : text;
  }

  /** Its script and its HTML come as values of other types. */
  private async bokeh({ id, data }: DisplayOutput): Promise<{ html: string; script: string }> {
    const [html, script] = await Promise.all(
      ["text/html", "application/javascript"].map((type) => {
        const value = data[type];
        return value === undefined ? Promise.resolve("") : this.value(id, type, value);
      }),
    );
    return { html: String(html), script: String(script) };
  }
}
