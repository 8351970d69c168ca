import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { compress } from "./build/compress.ts";
import { inlineFrame } from "./build/inline-frame.ts";

/** The page is served by the server below /static/; the frame document is immutable, one path for each version. */
export default defineConfig({
  base: "/static/",
  plugins: [react(), inlineFrame("frame/v1.html"), compress()],
  build: {
    outDir: "../src/noctule/http/static",
    emptyOutDir: true,
    manifest: true,
    modulePreload: { polyfill: false },
    target: "es2022",
    rolldownOptions: { input: { index: "index.html", frame: "frame/v1.html" } },
  },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8888", ws: true } } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
