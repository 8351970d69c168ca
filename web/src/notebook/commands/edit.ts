/** The Edit menu: cells as wholes. */
import { strings } from "../../words";
import { hasCell, hasEditor, isOpen, type NotebookCommand } from "./command";

const words = strings.commands;

const LEVELS = [1, 2, 3, 4, 5, 6] as const;

/** As Jupyter has it: the digit is the level. */
const headingCommands = LEVELS.map((level): NotebookCommand => ({
  id: `cell.heading${level}`,
  title: words.heading(level),
  keys: [`Esc ${level}`],
  when: hasCell,
  run: ({ structure }) => structure.setHeading(level),
}));

export const editCommands: readonly NotebookCommand[] = [
  {
    id: "edit.undo",
    title: words.undoCells,
    keys: ["Mod+M Z", "Esc Z"],
    when: ({ book }) => book?.structureUndo.canUndo() ?? false,
    run: ({ structure }) => structure.undo(),
  },
  {
    id: "edit.redo",
    title: words.redoCells,
    keys: ["Esc Shift+Z"],
    when: ({ book }) => book?.structureUndo.canRedo() ?? false,
    run: ({ structure }) => structure.redo(),
  },
  {
    id: "edit.selectAll",
    title: words.selectAll,
    keys: ["Mod+Shift+A", "Esc Mod+A"],
    when: isOpen,
    run: ({ selection }) => selection.all(),
  },
  {
    id: "edit.cut",
    title: words.cutCells,
    keys: ["Mod+M X", "Esc X"],
    when: hasCell,
    run: ({ files }) => files.cutCells(),
  },
  {
    id: "edit.copy",
    title: words.copyCells,
    keys: ["Mod+M C", "Esc C"],
    when: hasCell,
    run: ({ files }) => files.copyCells(),
  },
  {
    id: "edit.paste",
    title: words.pasteBelow,
    keys: ["Mod+M V", "Esc V"],
    when: isOpen,
    run: ({ files }) => files.pasteCells("below"),
  },
  {
    id: "edit.pasteAbove",
    title: words.pasteAbove,
    keys: ["Esc Shift+V"],
    when: isOpen,
    run: ({ files }) => files.pasteCells("above"),
  },
  {
    id: "cell.delete",
    title: words.deleteCells,
    keys: ["Mod+M D", "Esc D D"],
    when: hasCell,
    run: ({ structure }) => structure.delete(),
  },
  {
    id: "cell.moveUp",
    title: words.moveUp,
    keys: ["Mod+M K", "Esc Alt+ArrowUp"],
    when: hasCell,
    run: ({ structure }) => structure.moveBy(-1),
  },
  {
    id: "cell.moveDown",
    title: words.moveDown,
    keys: ["Mod+M J", "Esc Alt+ArrowDown"],
    when: hasCell,
    run: ({ structure }) => structure.moveBy(1),
  },
  {
    id: "cell.split",
    title: words.split,
    keys: ["Mod+M -", "Mod+_"],
    when: hasCell,
    run: ({ structure, editor, cell }) => {
      if (cell === null) return;
      const places =
        editor
          .of(cell.id)
          ?.selections()
          .flatMap(({ from, to }) => [from, to]) ?? [];
      structure.split(cell.id, places);
    },
  },
  {
    id: "cell.merge",
    title: words.merge,
    keys: ["Mod+M /", "Esc Shift+M"],
    when: hasCell,
    run: ({ structure }) => structure.merge(1),
  },
  { id: "cell.mergeAbove", title: words.mergeAbove, when: hasCell, run: ({ structure }) => structure.merge(-1) },
  {
    id: "cell.toCode",
    title: words.toCode,
    keys: ["Mod+M Y", "Esc Y"],
    when: hasCell,
    run: ({ structure }) => structure.setType("code"),
  },
  {
    id: "cell.toText",
    title: words.toText,
    keys: ["Mod+M M", "Esc M"],
    when: hasCell,
    run: ({ structure }) => structure.setType("markdown"),
  },
  {
    id: "cell.toRaw",
    title: words.toRaw,
    keys: ["Mod+M R", "Esc R"],
    when: hasCell,
    run: ({ structure }) => structure.setType("raw"),
  },
  ...headingCommands,
  { id: "cell.link", title: words.copyLink, when: hasCell, run: ({ files }) => files.copyLink() },
  {
    id: "cell.tags",
    title: words.editTags,
    when: hasCell,
    run: ({ shell, cell }) => shell.openDialog("metadata", cell?.id),
  },
  {
    id: "notebook.metadata",
    title: words.notebookMetadata,
    when: isOpen,
    run: ({ shell }) => shell.openDialog("metadata"),
  },
  {
    id: "edit.clearCell",
    title: words.clearCell,
    when: hasCell,
    run: ({ running, selection }) => running.clear(selection.cells()),
  },
  { id: "edit.clearAll", title: words.clearAll, when: isOpen, run: ({ running }) => running.clear(null) },
  {
    id: "edit.findInCell",
    title: words.findInCell,
    when: hasEditor,
    run: ({ editor, cell }) => editor.of(cell?.id ?? null)?.find(),
  },
  {
    id: "edit.comment",
    title: words.toggleComment,
    keys: ["Mod+/"],
    when: hasCell,
    run: ({ editor, cell }) => editor.of(cell?.id ?? null)?.toggleComment(),
  },
  {
    id: "edit.inspect",
    title: words.inspect,
    keys: ["Ctrl+Shift+Space"],
    when: hasEditor,
    run: ({ editor, cell }) => editor.of(cell?.id ?? null)?.inspect(),
  },
];
