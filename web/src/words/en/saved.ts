/** Whether what was written is safe. */
import { plural } from "./plural";

export const saved = {
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
};
