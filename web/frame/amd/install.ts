/** Puts `require`, `requirejs`, `define`, `$` and `jQuery` where notebooks have always found them. */
import $ from "jquery";

import { Loader, type ModuleError } from "./loader";

interface Installed {
  readonly loader: Loader;
}

type Callback = (...values: unknown[]) => void;
type Failed = (error: ModuleError) => void;

const PLOTLY = async () => (await import("plotly.js-dist-min")).default;
const JQUERY = () => Promise.resolve($);

let installed: Installed | null = null;

/** Modules that need not be fetched from anywhere. A path that a notebook configures for them is not needed. */
const PROVIDED = { jquery: JQUERY, plotly: PLOTLY };

function requireOf(loader: Loader) {
  const load = (ids: readonly string[] | string, ready?: Callback, failed?: Failed): unknown => {
    if (typeof ids === "string") return loader.value(ids);
    void loader.loadAll(ids).then((values) => ready?.(...values), failed ?? ((error: unknown) => reportError(error)));
    return undefined;
  };
  // `require({paths}, [ids], callback)`: configuration first.
  const withConfig = (first: unknown, ...rest: unknown[]): unknown => {
    const configures = typeof first === "object" && first !== null && !Array.isArray(first);
    if (configures) loader.configure(first);
    const [ids, ready, failed] = configures ? rest : [first, ...rest];
    return ids === undefined
      ? undefined
      : load(ids as readonly string[], ready as Callback | undefined, failed as Failed | undefined);
  };
  return Object.assign(withConfig, {
    config: loader.configure.bind(loader),
    undef: loader.forget.bind(loader),
    defined: loader.defined.bind(loader),
    specified: loader.specified.bind(loader),
    toUrl: (id: string) => loader.addresses(id)[0],
  });
}

function defineOf(loader: Loader) {
  const define = (...given: unknown[]): void => {
    const name = typeof given[0] === "string" ? given.shift() : null;
    const dependencies = Array.isArray(given[0]) && given.length > 1 ? given.shift() : null;
    loader.define(name as string | null, dependencies as string[] | null, given[0]);
  };
  return Object.assign(define, { amd: { jQuery: true } });
}

/** Once for a frame. */
export function installLoader(): Loader {
  if (installed !== null) return installed.loader;
  const loader = new Loader(PROVIDED);
  installed = { loader };
  const require = requireOf(loader);
  Object.assign(window, { require, requirejs: require, define: defineOf(loader), $, jQuery: $ });
  return loader;
}
