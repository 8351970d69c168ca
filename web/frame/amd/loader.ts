/**
 * An AMD loader with the interface of RequireJS, for HTML and widgets that expect one: `require`, `define`, `requirejs`.
 *
 * A script says which module it is by `document.currentScript`, so that several may load at once. What it lacks of
 * RequireJS: plugins other than none, bundles, cycles.
 */
export type Factory = (...dependencies: unknown[]) => unknown;

interface Config {
  baseUrl?: string;
  paths?: Readonly<Record<string, string | readonly string[]>>;
  shim?: Readonly<Record<string, readonly string[] | { deps?: readonly string[]; exports?: string }>>;
  map?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface Definition {
  readonly dependencies: readonly string[] | null;
  readonly factory: unknown;
}

interface Module {
  readonly value: Promise<unknown>;
  ready?: { readonly value: unknown };
}

export class ModuleError extends Error {
  readonly requireType = "scripterror";
  readonly requireModules: readonly string[];

  constructor(id: string, url: string) {
    super(`Script error for "${id}": ${url}`);
    this.requireModules = [id];
  }
}

const ABSOLUTE = /^(?:[a-z]+:)?\/\/|^(?:data|blob):|^\//i;
const CALLS = /[^.\w$]require\s*\(\s*(["'])([^"']+)\1\s*\)/g;

export class Loader {
  private config: Config = {};
  private readonly modules = new Map<string, Module>();
  private readonly named = new Map<string, Definition>();
  private readonly scripts = new Map<HTMLScriptElement, Definition | null>();
  private readonly provided: Map<string, () => Promise<unknown>>;

  /** `provided` are modules that need no script. */
  constructor(provided: Readonly<Record<string, () => Promise<unknown>>>) {
    this.provided = new Map(Object.entries(provided));
  }

  provide(id: string, load: () => Promise<unknown>): void {
    this.provided.set(id, load);
  }

  configure({ baseUrl, paths, shim, map }: Config): void {
    const { config } = this;
    this.config = {
      baseUrl: baseUrl ?? config.baseUrl ?? "",
      paths: { ...config.paths, ...paths },
      shim: { ...config.shim, ...shim },
      map: { ...config.map, ...map, "*": { ...config.map?.["*"], ...map?.["*"] } },
    };
  }

  /** The value of a module; it is loaded when it is not there. */
  load(id: string, from = ""): Promise<unknown> {
    const name = this.normal(id, from);
    const known = this.modules.get(name);
    if (known !== undefined) return known.value;
    const module: Module = { value: this.obtain(name).then((value) => this.remember(name, value)) };
    this.modules.set(name, module);
    // A module that failed may be asked for again, by other paths.
    module.value.catch(() => this.modules.delete(name));
    return module.value;
  }

  loadAll(ids: readonly string[], from = ""): Promise<unknown[]> {
    return Promise.all(ids.map((id) => this.load(id, from)));
  }

  defined(id: string): boolean {
    return this.modules.get(id)?.ready !== undefined;
  }

  specified(id: string): boolean {
    return this.modules.has(id) || this.named.has(id);
  }

  /** The value of a module that is there already. */
  value(id: string, from = ""): unknown {
    const ready = this.modules.get(this.normal(id, from))?.ready;
    if (ready === undefined) throw new Error(`Module "${id}" has not been loaded yet`);
    return ready.value;
  }

  forget(id: string): void {
    this.modules.delete(id);
    this.named.delete(id);
  }

  define(name: string | null, dependencies: readonly string[] | null, factory: unknown): void {
    const definition: Definition = { dependencies, factory };
    if (name !== null) {
      this.named.set(name, definition);
      return;
    }
    const script = document.currentScript as HTMLScriptElement | null;
    if (script !== null && this.scripts.has(script)) this.scripts.set(script, definition);
    // A library that stands in the HTML itself: nobody can ask for it by name, but it may set up a global.
    else void this.run("", definition).catch(() => undefined);
  }

  /** The addresses of a module, in the order in which they are tried. */
  addresses(id: string): readonly string[] {
    if (ABSOLUTE.test(id)) return [id];
    const parts = id.split("/");
    for (let length = parts.length; length > 0; length -= 1) {
      const path = this.config.paths?.[parts.slice(0, length).join("/")];
      if (path === undefined) continue;
      const rest = parts.slice(length).map((part) => `/${part}`);
      return (typeof path === "string" ? [path] : path).map((start) => this.address(start + rest.join("")));
    }
    return [this.address(id)];
  }

  private address(path: string): string {
    const whole = ABSOLUTE.test(path) ? path : `${this.config.baseUrl ?? ""}${path}`;
    return /\.js$|[?#]|^(?:data|blob):/.test(whole) ? whole : `${whole}.js`;
  }

  private normal(id: string, from: string): string {
    if (id.startsWith(".")) {
      const parts = [...from.split("/").slice(0, -1), ...id.split("/")];
      const result: string[] = [];
      for (const part of parts) {
        if (part === "..") result.pop();
        else if (part !== ".") result.push(part);
      }
      return result.join("/");
    }
    const { map = {} } = this.config;
    return map[from]?.[id] ?? map["*"]?.[id] ?? id;
  }

  private remember(name: string, value: unknown): unknown {
    const module = this.modules.get(name);
    if (module !== undefined) module.ready = { value };
    return value;
  }

  private async obtain(id: string): Promise<unknown> {
    const provided = this.provided.get(id);
    const definition = this.named.get(id);
    if (definition !== undefined) return this.run(id, definition);
    if (provided !== undefined) return provided();
    const shim = this.config.shim?.[id];
    const { deps = [], exports = "" } = shim === undefined || "length" in shim ? { deps: shim ?? [] } : shim;
    await this.loadAll(deps, id);
    const found = await this.fetch(id);
    const late = found ?? this.named.get(id) ?? null;
    if (late !== null) return this.run(id, late);
    return exports === "" ? undefined : globalOf(exports);
  }

  private async fetch(id: string): Promise<Definition | null> {
    const addresses = this.addresses(id);
    for (const address of addresses) {
      const found = await this.script(address).catch(() => undefined);
      if (found !== undefined) return found;
    }
    throw new ModuleError(id, addresses.join(", "));
  }

  private script(address: string): Promise<Definition | null> {
    const script = document.createElement("script");
    script.src = address;
    this.scripts.set(script, null);
    return new Promise((resolve, reject) => {
      script.onload = () => resolve(this.scripts.get(script) ?? null);
      script.onerror = () => reject(new Error(address));
      document.head.append(script);
    });
  }

  private async run(id: string, { dependencies, factory }: Definition): Promise<unknown> {
    if (typeof factory !== "function") return factory;
    const exports: Record<string, unknown> = {};
    const module = { id, exports };
    const names = dependencies ?? (factory.length > 0 ? ["require", "exports", "module"] : []);
    const called = dependencies === null ? callsOf(factory) : [];
    await this.loadAll(called, id);
    const special: Readonly<Record<string, unknown>> = {
      require: (name: string) => this.value(name, id),
      exports,
      module,
    };
    const values = await Promise.all(names.map((name) => (name in special ? special[name] : this.load(name, id))));
    const value = (factory as Factory)(...values);
    return value ?? module.exports;
  }
}

/** What a factory in the manner of CommonJS requires. */
function callsOf(factory: { readonly toString: () => string }): readonly string[] {
  return [...factory.toString().matchAll(CALLS)].flatMap((match) => match[2] ?? []);
}

function globalOf(path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], window);
}
