/** The bottom bar. */
export const status = {
  label: "Status",
  nothing: "Nothing runs",
  running: (cell: string) => `Running ${cell}`,
  waiting: (count: number) => `${count} waiting`,
  cellNumber: (number: number) => `cell ${number}`,
  connected: "Connected",
  connecting: "Connecting",
  next: (seconds: number) => `next try in ${seconds} s`,
  tryNow: "Try now",
  stopped: "Closed",
};
