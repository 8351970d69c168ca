/** Writes each text file of the build in gzip and brotli beside it, which the server sends to browsers that take them. */
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import type { Plugin } from "vite";

const TEXT = /\.(?:js|css|html|svg|json)$/;
const SMALLEST_BYTES = 1_000;

export function compress(): Plugin {
  return {
    name: "noctule:compress",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const [fileName, item] of Object.entries(bundle)) {
        const source = Buffer.from(item.type === "chunk" ? item.code : item.source);
        if (!TEXT.test(fileName) || fileName.startsWith(".vite/") || source.length < SMALLEST_BYTES) continue;
        const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
        this.emitFile({ type: "asset", fileName: `${fileName}.gz`, source: gzipSync(source, { level: 9 }) });
        this.emitFile({ type: "asset", fileName: `${fileName}.br`, source: brotliCompressSync(source, best) });
      }
    },
  };
}
