/**
 * Builds the output frame beside the page, as an application of its own: nothing is shared, for what the page loads is
 * for the page's origin alone, and what a frame loads may be read by anyone.
 *
 * The name of the frame's document holds its digest, which is that of all it loads: an open page always gets the frame it
 * was built with, and a browser may keep it for ever. All of it is below /static/frame/, which the server sends to any
 * origin and without credentials.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";

import type { Rolldown } from "vite";
import { build, type Plugin } from "vite";

const MODULE = "virtual:frame";
const RESOLVED = `\0${MODULE}`;
const FOLDER = "frame";
const SCRIPT = /<script type="module" src="[^"]*"><\/script>/;

type Output = Rolldown.RolldownOutput["output"];

async function buildFrame(root: string, base: string): Promise<Output> {
  const result = await build({
    configFile: false,
    root,
    base,
    logLevel: "warn",
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 6_000,
      rolldownOptions: {
        input: path.join(root, FOLDER, "main.ts"),
        output: {
          entryFileNames: `${FOLDER}/[name]-[hash].js`,
          chunkFileNames: `${FOLDER}/[name]-[hash].js`,
          assetFileNames: `${FOLDER}/[name]-[hash][extname]`,
        },
      },
    },
  });
  if (Array.isArray(result) || !("output" in result)) throw new Error("the frame was built more than once");
  return result.output;
}

/** The document, and the name that says which one it is. */
function documentOf(root: string, base: string, output: Output): { readonly name: string; readonly source: string } {
  const entry = output.find((item) => item.type === "chunk" && item.isEntry);
  if (entry === undefined) throw new Error("the frame has no first script");
  const template = readFileSync(path.join(root, FOLDER, "index.html"), "utf8");
  const script = `<script type="module" crossorigin src="${base}${entry.fileName}"></script>`;
  const source = template.replace(SCRIPT, script);
  if (source === template) throw new Error("the frame's document has no place for its script");
  const digest = createHash("sha256").update(source).digest("hex").slice(0, 16);
  return { name: `${FOLDER}/${digest}.html`, source };
}

export function frame(): Plugin {
  let address = "";
  let root = "";
  let base = "/";
  let serving = false;
  return {
    name: "noctule:frame",
    configResolved(config) {
      ({ root, base } = config);
      serving = config.command === "serve";
    },
    async buildStart() {
      if (serving) {
        address = `${base}${FOLDER}/index.html`;
        return;
      }
      const output = await buildFrame(root, base);
      const page = documentOf(root, base, output);
      address = base + page.name;
      this.emitFile({ type: "asset", fileName: page.name, source: page.source });
      for (const item of output) {
        const source = item.type === "asset" ? item.source : item.code;
        this.emitFile({ type: "asset", fileName: item.fileName, source });
      }
    },
    resolveId: (id) => (id === MODULE ? RESOLVED : null),
    load: (id) => (id === RESOLVED ? `export const FRAME_ADDRESS = ${JSON.stringify(address)};` : null),
  };
}
