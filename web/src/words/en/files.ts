/** The notebook as a file, and the clipboard. */
import { plural } from "./plural";

export const files = {
  copyOf: (name: string) => `Copy of ${name}`,
  allSaved: "All changes are saved. They are saved as you write.",
  notYet: "Not everything is saved yet. It will be when the server answers; this page keeps it until then.",
  copied: (count: number) => `${plural(count, "cell", "cells")} copied`,
  linkCopied: "Link to the cell copied",
  nothingToPaste: "The clipboard holds no cells. Copy some in a notebook first.",
  noClipboard: "The browser did not allow copying. Allow the clipboard for this site.",
};
