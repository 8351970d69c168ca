/** The notebook as a file, and the clipboard. */
import { plural } from "./plural";

export const files = {
  copyOf: (name: string) => `Copy of ${name}`,
  allSaved: "All changes are saved. They are saved as you write.",
  notYet: "Not everything is saved yet. It will be when the server answers; this page keeps it until then.",
  copied: (count: number) => `${plural(count, "cell", "cells")} copied`,
  linkCopied: "Link to the cell copied",
  nothingToPaste: "The clipboard holds no cells. Copy some in a notebook first.",
  noCells: (name: string) => `${name} holds no cells. Choose an .ipynb or .py file.`,
  addressTitle: "Open from GitHub or a gist",
  addressLabel: "Address of an .ipynb or .py file, or of a gist",
  addressOpen: "Open",
  droppedTitle: (name: string) => `What to do with ${name}?`,
  droppedDetail: "Its cells can be put below the selected one, or it becomes a notebook of its own.",
  droppedInsert: "Insert cells here",
  droppedOpen: "Open as a new notebook",
  dropHere: "Drop an .ipynb or .py file here",
  preparing: "Drawing all cells for printing",
  notPrinted: "Not everything could be drawn in time. What is missing is printed as a gap.",
  exported: (name: string) => `${name}, from Noctule`,
  outputMissing: "This output is shown only in the notebook itself.",
  widgetLive: (name: string) => `${name}: works only in the notebook itself.`,
  noClipboard: "The browser did not allow copying. Allow the clipboard for this site.",
};
