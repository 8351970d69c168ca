/** Sections of a notebook: headings, what they fold away, the table of contents. */
import { plural } from "./plural";

export const sections = {
  fold: "Fold this section",
  open: "Open this section",
  hidden: (count: number) => `${plural(count, "cell", "cells")} hidden`,
  runHidden: "Run them",
  contents: "Contents",
  empty: "No headings yet. Begin a line of a text cell with # to make one.",
  untitled: "Untitled",
  runSection: (title: string) => `Run section ${title}`,
  running: "running",
  queued: "queued",
  failed: "failed",
  foldSection: "Fold or open section",
  foldAll: "Fold all sections",
  openAll: "Open all sections",
  runThis: "Run section",
  moveHint: "Alt with an arrow moves a section.",
};
