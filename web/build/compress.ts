/** Writes each text file of the build in gzip and brotli beside it, which the server sends to browsers that take them. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import type { Plugin } from "vite";

const TEXT = /\.(?:js|css|html|svg)$/;
const SMALLEST_BYTES = 1_000;
/** The last steps of quality take a large file half a minute, and save it a few percent. */
const LARGE_BYTES = 1_000_000;
const LARGE_QUALITY = 9;

function brotli(source: Buffer): Buffer {
  const quality = source.length < LARGE_BYTES ? constants.BROTLI_MAX_QUALITY : LARGE_QUALITY;
  return brotliCompressSync(source, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });
}

export function compress(): Plugin {
  return {
    name: "noctule:compress",
    // From the files as written: the bundler still changes chunks after every other hook.
    writeBundle(options, bundle) {
      for (const name of Object.keys(bundle)) {
        const file = path.join(options.dir ?? "", name);
        if (!TEXT.test(name)) continue;
        const source = readFileSync(file);
        if (source.length < SMALLEST_BYTES) continue;
        writeFileSync(`${file}.gz`, gzipSync(source, { level: 9 }));
        writeFileSync(`${file}.br`, brotli(source));
      }
    },
  };
}
