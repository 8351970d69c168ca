/** Cells, their run button and their tools. */
import { plural } from "./plural";

export const cell = {
  kind: { code: "Code cell", markdown: "Text cell", raw: "Raw cell" },
  label: (kind: string, index: number) => `${kind} ${index + 1}`,
  run: "Run this cell",
  runAgain: (number: string, seconds: string) => `Run this cell again. Run ${number} took ${seconds}`,
  endedAt: (at: string, by: string) => `Ended at ${at}, run by ${by}`,
  startedAt: (at: string, by: string) => `Started at ${at}, run by ${by}`,
  askedAt: (at: string, by: string) => `Asked for at ${at} by ${by}`,
  stop: "Interrupt this cell",
  unqueue: (place: number) =>
    place === 0 ? "Runs next. Take it out of the queue" : `${place} before it. Take it out of the queue`,
  unsend: "Waits for the connection. Take it back",
  failed: "Failed. Run again",
  lost: "The end of this run is not known. Run again",
  aborted: "Did not run. Run again",
  /** To who may look at runs, and start none. */
  told: {
    done: (number: string, seconds: string) => `Run ${number}, took ${seconds}`,
    running: "Runs now",
    queued: (place: number) => (place === 0 ? "Runs next" : `Waits to run, ${place} before it`),
    failed: "Failed",
    lost: "The end of this run is not known",
    aborted: "Did not run",
  },
  moveUp: "Move up",
  moveDown: "Move down",
  remove: "Delete cell",
  edit: "Edit text",
  clear: "Clear outputs",
  deleted: (count: number) => `${plural(count, "cell", "cells")} deleted`,
  takenAway:
    "Somebody deleted the cell that you were writing in. Your next keys do nothing until you click or press Escape.",
  putBack: "Put it back",
  drag: "Drag to move the cell. Alt+arrow keys move it too",
  codeHidden: "Code hidden. Show it",
  more: "More for this cell",
  tooLarge: "This text is too large for one paste. Put it in a file and read it from there.",
  emptyText: "Empty text cell. Double-click to write.",
  tools: "Cell tools",
  changed: "Changed since it ran",
};
