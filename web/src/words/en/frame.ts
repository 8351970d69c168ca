/** Output frames and widgets: what runs scripts, and why it does not. */
export const frame = {
  silent: "This output does not respond.",
  stop: "Stop it",
  again: "Show it again",
  stopped: {
    asked: "This output was stopped.",
    flooded: "This output was stopped: it sent more than the page can take.",
    left: "This output was stopped: it went to another page.",
  },
  wantsLink: (host: string) => `An output wants to open a page of ${host}.`,
  open: "Open it",
  wantsSave: (name: string) => `An output wants to save the file ${name}.`,
  save: "Save it",
  tooLarge:
    "The file is too large to be saved from an output. Write it to the runtime's disk and download it from there.",
  noPicture: "There is no picture in this output.",
  commTooLarge:
    "A widget sent more than the page can pass on at once. Upload the file in the files pane, and read it in the runtime.",
  failed: "This output failed while it was drawn.",
  offline: "Not connected: the kernel of this widget is gone. Run the cell again.",
  widgetMissing: "The state of this widget was not kept. Run the cell again.",
  moduleMissing:
    "This widget needs the module {module} {version}, which is neither in the kernel's environment nor on the network. Install the package that brings it, then restart the kernel.",
  moduleForbidden:
    "This widget needs the module {module} {version}, which is not in the kernel's environment; loading from the network is switched off here. Install the package that brings it, then restart the kernel.",
  noBokeh: "This plot needs BokehJS. Run a cell with output_notebook(), then this cell again.",
};
