/** What happened while one was away: the card, the tab, notifications. */
import { plural } from "./plural";

export const away = {
  title: "While you were away",
  finished: (count: number) => `${plural(count, "cell", "cells")} finished:`,
  failed: (count: number) => `${plural(count, "cell", "cells")} failed:`,
  lost: (count: number) => `${plural(count, "cell", "cells")} may not have run to the end:`,
  stopped: (count: number) => `${plural(count, "cell was", "cells were")} stopped or did not run:`,
  cell: (number: number) => `cell ${number}`,
  more: (count: number) => `and ${count} more`,
  running: (since: string) => `Still running, since ${since}`,
  goTo: "Go to it",
  runtimeEnded: "The runtime ended. Its variables are gone; outputs and files of the notebook stay.",
  runtimeEndedBecause: (why: string) => `The runtime ended: ${why}`,
  tab: {
    ok: (title: string) => `Finished: ${title}`,
    failed: (title: string) => `Failed: ${title}`,
  },
  notifyFinished: (cells: number, span: string) => `${plural(cells, "cell", "cells")} finished in ${span}.`,
  notifyFailed: (number: number, span: string) => `Cell ${number} failed after ${span}.`,
};
