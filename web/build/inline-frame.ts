/**
 * Puts the script of an output frame into its document, so that the frame is one immutable file.
 *
 * It must be: a frame of an opaque origin may not load modules of ours (they need CORS), and what runs beside untrusted
 * output should be one thing that can be read, cached and pinned as a whole.
 */
import type { Plugin } from "vite";

const MODULE_SCRIPT = /<script type="module"[^>]*><\/script>/;
const PRELOADS = /\s*<link rel="modulepreload"[^>]*>/g;

export function inlineFrame(file: string): Plugin {
  return {
    name: "noctule:inline-frame",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = bundle[file];
      const script = Object.values(bundle).find(
        (item) => item.type === "chunk" && (item.facadeModuleId?.endsWith(file) ?? false),
      );
      if (page?.type !== "asset" || script?.type !== "chunk") this.error(`${file} was not built`);
      if (script.imports.length > 0) this.error(`${file} must not share code with the page: ${script.imports.join()}`);
      const code = script.code.replaceAll("</script", "<\\/script");
      const text = typeof page.source === "string" ? page.source : new TextDecoder().decode(page.source);
      page.source = text.replace(PRELOADS, "").replace(MODULE_SCRIPT, () => `<script type="module">${code}</script>`);
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the bundler's own way to leave out a file
      delete bundle[script.fileName];
    },
  };
}
