/** Commands of find and replace. The next and the previous match are to be had wherever the keys are. */
import { strings } from "../../words";
import { isOpen, type NotebookCommand } from "../commands/command";

const words = strings.find;

export const findCommands: readonly NotebookCommand[] = [
  {
    id: "find.open",
    title: words.title,
    keys: ["Mod+H", "Esc F", "Esc Mod+F"],
    when: isOpen,
    checked: ({ shell }) => shell.read().pane === "find",
    run: ({ shell, finder, editor, cell, selection, typeAhead }) => {
      const handle = editor.of(cell?.id ?? null);
      const chosen = handle?.selectedText() ?? "";
      const from = handle?.selections()[0]?.from;
      const writing = cell !== null && from !== undefined && selection.read().mode === "edit";
      finder.ask(chosen.includes("\n") ? "" : chosen, writing ? { cell: cell.id, from } : null);
      typeAhead.expect();
      shell.openPane("find");
    },
  },
  {
    id: "find.next",
    title: words.next,
    keys: ["F3", "Esc Mod+G"],
    when: ({ finder }) => finder.read().matches.length > 0,
    run: ({ finder }) => finder.step(1),
  },
  {
    id: "find.previous",
    title: words.previous,
    keys: ["Shift+F3", "Esc Mod+Shift+G"],
    when: ({ finder }) => finder.read().matches.length > 0,
    run: ({ finder }) => finder.step(-1),
  },
];
