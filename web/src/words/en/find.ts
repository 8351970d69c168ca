/** Find and replace. */
import { plural } from "./plural";

export const find = {
  title: "Find and replace",
  find: "Find",
  replace: "Replace with",
  matchCase: "Match case",
  wholeWord: "Whole word",
  regex: "Regular expression",
  next: "Next match",
  previous: "Previous match",
  replaceOne: "Replace",
  replaceAll: "Replace all",
  where: "Where to look",
  code: "Code",
  text: "Text",
  outputs: "Outputs",
  onlySelected: "Selected cells only",
  hint: "Type what you look for. It is found in the whole notebook, also where you have not scrolled to.",
  none: "Nothing found",
  searching: "Searching",
  count: (count: string, cells: number) => `${count} in ${plural(cells, "cell", "cells")}`,
  place: (at: string, count: string) => `${at} of ${count}`,
  invalid: (why: string) => `This is no regular expression: ${why}`,
  slow: "This expression takes too long for this notebook. Make it simpler.",
  partly: (cells: number) =>
    `The outputs of ${plural(cells, "cell", "cells")} were searched only in part: this page does not have all of them.`,
  loadPartly: "Load what is missing",
  listed: (count: string) => `The first ${count} are listed.`,
  cell: (kind: string, number: number) => `${kind} ${number}`,
  inOutput: "output",
  results: "Matches",
  replaced: (count: string, cells: number) => `${count} replaced in ${plural(cells, "cell", "cells")}.`,
  left: (count: string) =>
    `${count} were left: too many for one step, or just changed by others. Replace again for these.`,
  noneReplaced: "Nothing was replaced: there are no matches in cells, or they were just changed.",
  undoGone: "Something else was changed since. Press Z in command mode to take back step by step.",
};
