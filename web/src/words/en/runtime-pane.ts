/** The pane of the runtime. */
export const runtimePane = {
  title: "Runtime",
  none: "No runtime is connected. One starts when you run a cell, or connect one below.",
  state: "State",
  states: {
    queued: "Waiting for a place",
    starting: "Starting",
    connected: "Connected",
    unreachable: "Unreachable",
    ended: "Ended",
  },
  since: "Since",
  cpu: "CPU",
  percent: (percent: number) => `${percent} % of one core`,
  kernel: "Kernel",
  language: "Language",
  launcher: "Started by",
  of: (part: string, whole: string) => `${part} of ${whole}`,
  queue: "What runs and waits",
  waits: (cell: number) => `Cell ${cell} waits`,
  cancelOf: (cell: number) => `Cancel the run of cell ${cell}`,
};
