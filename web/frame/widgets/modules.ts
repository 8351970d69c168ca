/**
 * Where the classes of widgets come from: with us, from the kernel's own environment, or - if that is allowed - from the
 * network. What is nowhere gives classes that say so in the widget's place, and the rest of the page goes on.
 */
import type { WidgetModel, WidgetView } from "@jupyter-widgets/base";
import * as base from "@jupyter-widgets/base";

import { installLoader } from "../amd/install";
import { fill, type Host } from "../host";
import { missing } from "./missing";

type Class = typeof WidgetModel | typeof WidgetView;
type Module = Readonly<Record<string, unknown>>;

const OURS: Readonly<Record<string, () => Promise<Module>>> = {
  "@jupyter-widgets/base": () => Promise.resolve(base),
  "@jupyter-widgets/controls": () => import("./controls"),
  "@jupyter-widgets/output": () => import("./output"),
  anywidget: () => import("./anywidget"),
};

const CDN = "https://cdn.jsdelivr.net/npm/";

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

  async load(className: string, module: string, version: string): Promise<Class> {
    try {
      const found = (await this.module(module, version))[className];
      if (typeof found === "function") return found as Class;
    } catch {
      this.loaded.delete(module);
    }
    const text = this.cdn ? this.host.words.moduleMissing : this.host.words.moduleForbidden;
    return missing(className, fill(text, { module, version }));
  }

  private module(module: string, version: string): Promise<Module> {
    const known = this.loaded.get(module);
    if (known !== undefined) return known;
    const loading = OURS[module]?.() ?? this.fetch(module, version);
    this.loaded.set(module, loading);
    return loading;
  }

  private async fetch(module: string, version: string): Promise<Module> {
    const loader = installLoader();
    for (const [id, load] of Object.entries(OURS)) loader.provide(id, load);
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
