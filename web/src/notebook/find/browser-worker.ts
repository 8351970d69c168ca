/** Starts the worker that searches. The only file that binds it to the browser. */
import type { FromWorker, SearchWorker } from "./protocol";

export function startWorker(): SearchWorker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return {
    post: (message) => worker.postMessage(message),
    listen: (listener) => worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => listener(data)),
    end: () => worker.terminate(),
  };
}
