/** The bottom bar. */
import { plural } from "./plural";

export const status = {
  label: "Status",
  nothing: "Nothing runs",
  running: (cell: string) => `Running ${cell}`,
  waiting: (count: number) => `${count} waiting`,
  cellNumber: (number: number) => `cell ${number}`,
  cellDone: (number: number, time: string) => `Cell ${number} done, ${time}`,
  cellsDone: (cells: number, time: string) => `${plural(cells, "cell", "cells")} done, ${time}`,
  cellFailed: (number: number, reason: string) => `Cell ${number} failed${reason === "" ? "" : `: ${reason}`}`,
  endNotKnown: "how it ended is not known",
  connected: "Connected",
  connecting: "Connecting",
  next: (seconds: number) => `next try in ${seconds} s`,
  tryNow: "Try now",
  stopped: "Closed",
};
