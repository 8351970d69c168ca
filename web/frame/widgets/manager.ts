/**
 * The widget manager of one frame. Models come from the page, with all that they refer to; classes come with us, from the
 * kernel's environment, or from the network.
 */
import type { IClassicComm, WidgetModel, WidgetView } from "@jupyter-widgets/base";
import { put_buffers, uuid } from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";

import type { Host } from "../host";
import type { FrameModel, WidgetEvent, WidgetNews } from "../protocol";
import { FrameComm, Outgoing } from "./comm";
import type { WidgetDoor } from "./door";
import { lostModel } from "./missing";
import { Modules } from "./modules";

type Class = typeof WidgetModel | typeof WidgetView;
type State = Record<string, unknown>;

const copyOf = (state: object): State => structuredClone(state) as State;

function withBuffers({ state, buffers }: Pick<FrameModel, "state" | "buffers">): State {
  const whole = copyOf(state);
  const paths = buffers.map(([path]) => [...path]);
  put_buffers(
    whole as never,
    paths,
    buffers.map(([, buffer]) => new DataView(buffer)),
  );
  return whole;
}

export class FrameManager extends ManagerBase {
  /** For what shows other outputs: the Output widget. */
  readonly host: Host;
  readonly door: WidgetDoor;
  private readonly outgoing: Outgoing;
  private readonly modules: Modules;
  private readonly comms = new Map<string, FrameComm>();
  private readonly asked = new Map<string, { readonly done: Promise<void>; readonly resolve: () => void }>();

  constructor(host: Host, door: WidgetDoor) {
    super();
    this.host = host;
    this.door = door;
    this.outgoing = new Outgoing(host);
    this.modules = new Modules(host);
  }

  take({ events, open, cdn }: WidgetNews): void {
    this.modules.cdn = cdn;
    for (const event of events) this.hear(event);
    if (open !== null) this.asked.get(open)?.resolve();
  }

  /** The model, from the page when this frame does not have it; a stand-in that says so when there is none. */
  override async get_model(id: string): Promise<WidgetModel> {
    if (!this.has_model(id)) await this.ask(id);
    return this.has_model(id) ? super.get_model(id) : lostModel(id, this);
  }

  private ask(id: string): Promise<void> {
    const known = this.asked.get(id);
    if (known !== undefined) return known.done;
    let resolve: () => void = () => undefined;
    const done = new Promise<void>((settle) => (resolve = settle));
    this.asked.set(id, { done: done.finally(() => this.asked.delete(id)), resolve });
    this.host.say({ t: "open", id });
    return done;
  }

  private hear(event: WidgetEvent): void {
    switch (event.t) {
      case "model":
        return this.hearModel(event.model);
      case "patch": {
        const method = event.by === "" ? "update" : "echo_update";
        const buffer_paths = event.buffers.map(([path]) => path);
        const data = { method, state: copyOf(event.state), buffer_paths };
        const buffers = event.buffers.map(([, buffer]) => buffer);
        return this.comms.get(event.id)?.deliver(data, buffers, event.by);
      }
      case "said":
        return this.comms.get(event.id)?.deliver({ method: "custom", content: event.content }, event.buffers);
      case "taken":
        return this.outgoing.taken(event.comm);
      case "gone":
        this.comms.get(event.id)?.end();
        this.comms.delete(event.id);
        return;
      case "alive":
        return void this.become(event.id, event.alive);
    }
  }

  private hearModel(model: FrameModel): void {
    if (this.has_model(model.id)) {
      const buffer_paths = model.buffers.map(([path]) => path);
      const buffers = model.buffers.map(([, buffer]) => buffer);
      this.comms.get(model.id)?.deliver({ method: "update", state: copyOf(model.state), buffer_paths }, buffers);
      return void this.become(model.id, model.alive);
    }
    const comm = new FrameComm(model.id, this.outgoing);
    this.comms.set(model.id, comm);
    const text = (key: string) => {
      const value = model.state[key];
      return typeof value === "string" ? value : "";
    };
    const options = {
      model_id: model.id,
      model_name: text("_model_name"),
      model_module: text("_model_module"),
      model_module_version: text("_model_module_version"),
      comm,
    };
    // What cannot be made shows why in the place of its views.
    this.new_model(options, withBuffers(model)).then(
      () => this.become(model.id, model.alive),
      () => undefined,
    );
  }

  /** A model whose kernel is gone says nothing any more. */
  private async become(id: string, alive: boolean): Promise<void> {
    if (!this.has_model(id)) return;
    const model = await super.get_model(id);
    if (model.comm_live !== alive) model.comm_live = alive;
  }

  /** A model that cannot be made leaves a stand-in, too. */
  override register_model(id: string, model: Promise<WidgetModel>): void {
    super.register_model(
      id,
      model.catch(() => lostModel(id, this)),
    );
  }

  protected override loadClass(className: string, moduleName: string, moduleVersion: string): Promise<Class> {
    return this.modules.view(className, moduleName, moduleVersion);
  }

  protected override loadModelClass(name: string, module: string, version: string): Promise<typeof WidgetModel> {
    return this.modules.model(name, module, version);
  }

  /** A widget that is made here and not in the kernel, as some third parties' do. */
  protected override _create_comm(
    _target: string,
    id: string = uuid(),
    data?: object,
    metadata?: object,
    buffers?: ArrayBuffer[] | ArrayBufferView[],
  ): Promise<IClassicComm> {
    const comm = new FrameComm(id, this.outgoing);
    this.comms.set(id, comm);
    if (data !== undefined) comm.open(data, {}, metadata, buffers);
    return Promise.resolve(comm);
  }

  protected override _get_comm_info(): Promise<object> {
    return Promise.resolve({});
  }
}
