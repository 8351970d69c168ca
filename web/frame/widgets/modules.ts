/**
 * Where the classes of widgets come from: with us, from the kernel's own environment, or - if that is allowed - from the
 * network. What is nowhere gives classes that say so in the widget's place, and the rest of the page goes on.
 */
import type { WidgetModel, WidgetView } from "@jupyter-widgets/base";
import * as base from "@jupyter-widgets/base";

import { installLoader } from "../amd/install";
import { fill, type Host } from "../host";
import { LOST, noteView, StandIn } from "./missing";

type Module = Readonly<Record<string, unknown>>;

const OURS: ReadonlyMap<string, () => Promise<Module>> = new Map<string, () => Promise<Module>>([
  ["@jupyter-widgets/base", () => Promise.resolve(base)],
  ["@jupyter-widgets/controls", () => import("./controls")],
  ["@jupyter-widgets/output", () => import("./output")],
  ["anywidget", () => import("./anywidget")],
]);

const CDN = "https://cdn.jsdelivr.net/npm/";

/** As packages are named, with a file: no address, and no way out of the folders of packages. */
const isName = (module: string) => /^(@\w[\w.-]*\/)?\w[\w.-]*(\/\w[\w.-]*)*$/.test(module);

/** `name` and the file in it: `@scope/name/file`. */
function parts(module: string): readonly [string, string] {
  const names = module.split("/");
  const length = module.startsWith("@") ? 2 : 1;
  return [names.slice(0, length).join("/"), names.slice(length).join("/") || "index"];
}

/** The folders of a package, in the order in which they are tried. */
function foldersOf(name: string, version: string, local: string, cdn: boolean): readonly string[] {
  const own = `${local}${name}`;
  return cdn ? [own, `${CDN}${name}@${encodeURIComponent(version || "*")}/dist`] : [own];
}

export class Modules {
  cdn = false;
  private readonly host: Host;
  private readonly loaded = new Map<string, Promise<Module>>();

  constructor(host: Host) {
    this.host = host;
  }

  /** Without its class a model keeps its state and its links. */
  async model(name: string, module: string, version: string): Promise<typeof WidgetModel> {
    const found = await this.named(name, module, version);
    return found !== null && "_deserialize_state" in found ? (found as typeof WidgetModel) : StandIn;
  }

  async view(name: string, module: string, version: string): Promise<typeof WidgetView> {
    const { widgetMissing, moduleMissing, moduleForbidden } = this.host.words;
    if (module === LOST) return noteView(widgetMissing);
    const found = await this.named(name, module, version);
    if (found !== null) return found as typeof WidgetView;
    return noteView(fill(this.cdn ? moduleMissing : moduleForbidden, { module, version }));
  }

  private async named(name: string, module: string, version: string): Promise<object | null> {
    try {
      const found = (await this.module(module, version))[name];
      return typeof found === "function" ? found : null;
    } catch {
      this.loaded.delete(module);
      return null;
    }
  }

  private module(module: string, version: string): Promise<Module> {
    const known = this.loaded.get(module);
    if (known !== undefined) return known;
    if (!isName(module)) return Promise.reject(new Error(`No name of a module: ${module}`));
    const loading = OURS.get(module)?.() ?? this.fetch(module, version);
    this.loaded.set(module, loading);
    return loading;
  }

  private async fetch(module: string, version: string): Promise<Module> {
    const loader = installLoader();
    for (const [id, load] of OURS) loader.provide(id, load);
    const local = new URL("../nbextensions/", document.baseURI).href;
    const [name, file] = parts(module);
    const id = `${name}/${file}`;
    // By the name of its file, so that what it names relative to itself is found beside it.
    loader.configure({
      paths: { [name]: foldersOf(name, version, local, this.cdn) },
      map: { "*": { [module]: id } },
    });
    return (await loader.load(id)) as Module;
  }
}
