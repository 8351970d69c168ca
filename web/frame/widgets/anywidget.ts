/**
 * anywidget's front end: a widget is an ECMAScript module that travels in its model's state (`_esm`), with its styles
 * (`_css`). It runs here, in the frame, and nowhere else.
 */
import { DOMWidgetModel, DOMWidgetView, type WidgetModel, type WidgetView } from "@jupyter-widgets/base";

import { note } from "../renderers/note";
import type { FrameManager } from "./manager";

type Cleanup = (() => unknown) | undefined;
type Callback = (...values: unknown[]) => void;

/** What the module may do with its model. */
interface Face {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown, callbacks?: object, buffers?: ArrayBuffer[]): void;
  on(name: string, callback: Callback): void;
  off(name?: string | null, callback?: Callback | null): void;
  readonly widget_manager: unknown;
}

interface Definition {
  readonly initialize?: (context: object) => Cleanup | Promise<Cleanup>;
  readonly render?: (context: object) => Cleanup | Promise<Cleanup>;
}

interface Answer {
  readonly id: string;
  readonly kind: string;
  readonly response: unknown;
}

const ANSWER_MS = 3_000;

export class AnyModel extends DOMWidgetModel {
  private definition: Promise<Definition> | null = null;

  /** Loads the module and lets it initialize, once for each version of it. */
  load(): Promise<Definition> {
    this.definition ??= this.start();
    return this.definition;
  }

  override initialize(attributes: Backbone.ObjectHash, options: never): void {
    super.initialize(attributes, options);
    this.on("change:_css", () => this.style());
    this.on("change:_esm", () => (this.definition = null));
    this.style();
  }

  private async start(): Promise<Definition> {
    const module = await importModule(String(this.get("_esm") ?? ""));
    const given = module["default"] ?? { render: module["render"], initialize: module["initialize"] };
    const definition = (typeof given === "function" ? await (given as () => unknown)() : given) as Definition;
    await definition.initialize?.({ model: faceOf(this, this), experimental: experimentalOf(this) });
    return definition;
  }

  /** One element for each kind of widget: many of a kind share their styles. */
  private style(): void {
    const css = this.get("_css") as unknown;
    if (typeof css !== "string" || css === "") return;
    const id = `anywidget-${String(this.get("_anywidget_id") ?? this.model_id)}`;
    const isAddress = /^https?:\/\//.test(css);
    const element = document.createElement(isAddress ? "link" : "style");
    element.id = id;
    if (element instanceof HTMLLinkElement) {
      element.rel = "stylesheet";
      element.href = css;
    } else {
      element.textContent = css;
    }
    document.getElementById(id)?.remove();
    document.head.append(element);
  }
}

export class AnyView extends DOMWidgetView {
  private cleanup: Cleanup = undefined;
  private turn = 0;

  override async render(): Promise<void> {
    super.render();
    this.listenTo(this.model, "change:_esm", () => void this.draw());
    await this.draw();
  }

  override remove(): this {
    this.clean();
    return super.remove() as this;
  }

  private async draw(): Promise<void> {
    const turn = (this.turn += 1);
    const { host } = this.model.widget_manager as unknown as FrameManager;
    try {
      if (!(this.model instanceof AnyModel)) throw new Error("not a model of anywidget");
      const definition = await this.model.load();
      if (turn !== this.turn) return;
      this.clean();
      this.el.replaceChildren();
      const context = { model: faceOf(this.model, this), el: this.el, experimental: experimentalOf(this.model) };
      this.cleanup = await definition.render?.(context);
    } catch (error) {
      note(this.el, `${host.words.failed}\n${String(error)}`);
    }
  }

  private clean(): void {
    if (typeof this.cleanup === "function") this.cleanup();
    this.cleanup = undefined;
  }
}

async function importModule(code: string): Promise<Readonly<Record<string, unknown>>> {
  const isAddress = /^https?:\/\//.test(code);
  const address = isAddress ? code : URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return (await import(/* @vite-ignore */ address)) as Readonly<Record<string, unknown>>;
  } finally {
    if (!isAddress) URL.revokeObjectURL(address);
  }
}

/** Listeners belong to `owner`: what is removed hears nothing more. */
function faceOf(model: WidgetModel, owner: WidgetModel | WidgetView): Face {
  const listener = owner as unknown as Backbone.Events;
  return {
    get: (name) => model.get(name) as unknown,
    set: (name, value) => void model.set(name, value),
    save_changes: () => model.save_changes(),
    send: (content, callbacks, buffers) => model.send(content as never, callbacks, buffers),
    on: (name, callback) => void listener.listenTo(model, name, callback),
    off: (name, callback) => void listener.stopListening(model, name ?? undefined, callback ?? undefined),
    widget_manager: model.widget_manager,
  };
}

/** `invoke` asks a command of the Python side, and has its answer. */
function experimentalOf(model: WidgetModel) {
  const invoke = (name: string, message: unknown, options: { buffers?: ArrayBuffer[]; signal?: AbortSignal } = {}) => {
    const id = crypto.randomUUID();
    const signal = options.signal ?? AbortSignal.timeout(ANSWER_MS);
    return new Promise<[unknown, DataView[]]>((resolve, reject) => {
      const end = () => {
        model.off("msg:custom", hear);
        signal.removeEventListener("abort", abort);
      };
      const abort = () => {
        end();
        reject(signal.reason as Error);
      };
      const hear = (answer: Answer, buffers: DataView[]) => {
        if (answer.id !== id) return;
        end();
        resolve([answer.response, buffers]);
      };
      signal.addEventListener("abort", abort);
      model.on("msg:custom", hear);
      model.send({ id, kind: "anywidget-command", name, msg: message } as never, undefined, options.buffers);
    });
  };
  return { invoke };
}
