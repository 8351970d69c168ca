/** Commands of the past: look through it, keep this moment under a name, put two notebooks side by side. */
import { strings } from "../../words";
import { isOpen, type NotebookCommand } from "../commands/command";

const words = strings.revisions;

export const revisionCommands: readonly NotebookCommand[] = [
  {
    id: "file.pinRevision",
    title: words.pin,
    when: isOpen,
    run: ({ shell }) => shell.openDialog("pin-revision"),
  },
  { id: "file.revisions", title: words.open, when: isOpen, run: ({ shell }) => shell.openDialog("revisions") },
  { id: "tools.compare", title: words.compare.open, when: isOpen, run: ({ shell }) => shell.openDialog("compare") },
];
