/** Errors of cells. */
import { plural } from "./plural";

export const traceback = {
  others: (count: number) => `Show ${plural(count, "other frame", "other frames")}`,
  inLibrary: (count: number, library: string) => `${plural(count, "frame", "frames")} in ${library}`,
  goTo: "Go to this line",
  copyPath: "Copy this path",
  pathCopied: "The path is copied.",
  changed: (count: number) => `The cell has changed since run ${count}: the line may be another one.`,
  gone: (count: number) => `The cell of run ${count} is gone, or has run again since.`,
  changedOrGone: "The cell of this code has changed since, or is gone.",
  missing: (name: string) => `The package ${name} is not installed in this runtime.`,
  install: (name: string) => `Install ${name}`,
  installed: (name: string) => `${name} is installed. Run this cell again.`,
  installFailed: (name: string, why: string) =>
    `${name} could not be installed${why === "" ? "" : `: ${why}`}. The cell that tried has the details.`,
  runAgain: "Run again",
  notRun: (name: string) => `A cell that defines ${name} has not run in this kernel.`,
  goToCell: "Go to that cell",
  memory: "The memory of the runtime is used up. Restart the kernel to free it, and load less at once.",
  gpuMemory: "The memory of the GPU is used up. Restart the kernel to free it, or use smaller batches.",
  restart: "Restart kernel",
  connect: "Connect a runtime",
};
