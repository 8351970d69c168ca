/** Every word that the page shows, in one catalogue. Short, plain, sentence case: a cause, then what to do. */
import type { LossCause } from "../net/phase";

const plural = (count: number, one: string, many: string) => (count === 1 ? `1 ${one}` : `${count} ${many}`);

const mac = typeof navigator !== "undefined" && navigator.platform.startsWith("Mac");
export const MOD = mac ? "⌘" : "Ctrl+";

export function lossText(cause: LossCause): string {
  switch (cause.code) {
    case "offline":
      return "Your network is offline";
    case "server-stops":
      return "The server is restarting";
    case "unreachable":
      return "The server cannot be reached";
    case "silent":
      return "The connection went silent";
    case "too-slow":
      return "This page fell behind and starts over";
    case "new-epoch":
      return "Loading the notebook's new state";
    case "refused":
      return `The server refused: ${cause.problem.title}`;
  }
}

export const strings = {
  product: "Noctule",
  close: "Close",
  cancel: "Cancel",
  undo: "Undo",
  retry: "Try again",
  list: {
    title: "Notebooks",
    create: "New notebook",
    upload: "Upload",
    drop: "Drop notebooks here to upload them",
    empty: "No notebooks yet",
    emptyHint: "Make a new one, or drop an .ipynb file here.",
    name: "Name",
    changed: "Changed",
    running: "Running",
    idle: "Not running",
    open: (name: string) => `Open ${name}`,
    rename: "Rename",
    remove: "Delete",
    download: "Download .ipynb",
    actions: (name: string) => `More for ${name}`,
    renameTitle: "Rename notebook",
    removeTitle: (name: string) => `Delete ${name}?`,
    removeDetail: "Its cells and outputs are deleted. If a cell of it runs, it is stopped.",
    uploading: (name: string) => `Uploading ${name}`,
    notNotebook: (name: string) => `${name} was not uploaded: only .ipynb files are notebooks.`,
    loading: "Loading notebooks",
  },
  notebook: {
    back: "All notebooks",
    titleLabel: "Notebook name",
    untitled: "Untitled",
    loading: "Opening the notebook",
    late: "Opening the notebook. The server has not answered yet; this page goes on trying.",
    cells: "Cells",
    addCode: "Code",
    addText: "Text",
    addCodeLabel: "Add code cell",
    addTextLabel: "Add text cell",
    runAll: "Run all",
    interrupt: "Interrupt",
    restart: "Restart",
    more: "More",
    tools: "Notebook tools",
    download: "Download .ipynb",
    clearAll: "Clear all outputs",
    restartTitle: "Restart the kernel?",
    restartDetail: (running: boolean, waiting: number) =>
      [
        "All variables are lost. Outputs and files stay.",
        running ? "The cell that runs now is stopped." : "",
        waiting > 0 ? `${plural(waiting, "waiting cell does", "waiting cells do")} not run.` : "",
      ]
        .filter(Boolean)
        .join(" "),
    hints: [
      `${MOD}Enter runs the cell`,
      "Shift+Enter runs it and goes on",
      "Esc, then a or b, adds a cell above or below",
    ],
    gone: "This notebook cannot be opened",
  },
  saved: {
    all: "All changes saved",
    saved: "Saved",
    notSaved: "Not saved",
    fileBehind: "File behind",
    unsaved: (count: number) => `${count} unsaved`,
    saving: "Saving",
    offline: "Offline",
    pending: (count: number) => `${plural(count, "change", "changes")} not saved yet`,
    trouble: (title: string) => `Not saved: ${title}`,
    file: (message: string) => `Saved. The .ipynb file is behind: ${message}`,
  },
  runtime: {
    none: "Connect",
    connect: "Connect to a runtime",
    queued: "Waiting for a runtime",
    starting: "Starting",
    connected: "Connected",
    idle: "Idle",
    busy: "Running",
    waiting: "Waits for you",
    restarting: "Restarting",
    unreachable: "Runtime unreachable",
    ended: "Runtime ended",
    dead: "Kernel ended",
    memory: "RAM",
    notIsolated: "Not isolated: it is a process of your own user, and code in it can read and change your files.",
    disconnect: "End this runtime",
    disconnectTitle: "End this runtime?",
    disconnectDetail: "Variables and files of the runtime are lost. Cells and outputs stay.",
    label: "Runtime",
  },
  cell: {
    kind: { code: "Code cell", markdown: "Text cell", raw: "Raw cell" },
    label: (kind: string, index: number) => `${kind} ${index + 1}`,
    editor: "Cell source",
    run: "Run this cell",
    runAgain: (number: string, seconds: string) => `Run this cell again. Run ${number} took ${seconds}`,
    stop: "Interrupt this cell",
    unqueue: (place: number) =>
      place === 0 ? "Runs next. Take it out of the queue" : `${place} before it. Take it out of the queue`,
    unsend: "Waits for the connection. Take it back",
    failed: "Failed. Run again",
    lost: "The end of this run is not known. Run again",
    aborted: "Did not run. Run again",
    moveUp: "Move up",
    moveDown: "Move down",
    remove: "Delete cell",
    edit: "Edit text",
    clear: "Clear outputs",
    deleted: "Cell deleted",
    tooLarge: "This text is too large for one paste. Put it in a file and read it from there.",
    emptyText: "Empty text cell. Double-click to write.",
    tools: "Cell tools",
    changed: "Changed since it ran",
  },
  output: {
    label: "Output",
    omitted: (count: string) => `${count} characters are not shown here`,
    fullLog: (size: string) => `Show full log (${size})`,
    earlierFrames: (count: number) => `Show ${plural(count, "earlier frame", "earlier frames")}`,
    loading: "Loading output",
    failed: "This output could not be loaded",
    image: "Image output",
    frame: "Rich output",
    missingPackage: (name: string) =>
      `The package is not installed in this runtime. Run %pip install ${name} in a cell.`,
    promptText: "Answer",
    promptPassword: "Password",
    promptSend: "Send",
    promptWaits: "This cell waits for your answer",
    large: (size: string) => `Open this output (${size})`,
  },
  status: {
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
  },
  aside: {
    title: "The notebook was replaced on the server",
    detail:
      "Changes that you made here were not saved before that. They are kept apart, and not mixed into the new one.",
    show: "Your unsynced changes",
    copy: "Copy",
    discard: "Discard them",
  },
  broken: {
    title: "This page failed",
    detail: "Your changes are kept, and what runs goes on. Reload the page to go on.",
    reload: "Reload",
  },
  running: (title: string) => `Running: ${title}`,
};
