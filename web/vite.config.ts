import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { chunks } from "./build/chunks.ts";
import { compress } from "./build/compress.ts";
import { frame } from "./build/frame.ts";

/** The page is served by the server below /static/; the output frame is built beside it (build/frame.ts). */
export default defineConfig({
  base: "/static/",
  plugins: [react(), frame(), compress()],
  build: {
    outDir: "../src/noctule/http/static",
    emptyOutDir: true,
    manifest: true,
    modulePreload: { polyfill: false },
    target: "es2022",
    rolldownOptions: { input: { index: "index.html" }, output: { codeSplitting: chunks } },
  },
  server: { cors: true, proxy: { "/api": { target: "http://127.0.0.1:8888", ws: true } } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
