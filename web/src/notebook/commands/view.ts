/** The View menu: what is shown, and moving about. */
import { strings } from "../../words";
import { isSourceHidden, setSourceHidden } from "../model/visibility";
import { hasCell, hasCode, hasEditor, isOpen, type NotebookCommand } from "./command";

const words = strings.commands;

export const viewCommands: readonly NotebookCommand[] = [
  {
    id: "view.toggleCode",
    title: words.toggleCode,
    keys: ["Esc Shift+H"],
    when: hasCode,
    checked: ({ book, cell }) => book !== null && cell !== null && isSourceHidden(book.meta(cell.id)),
    run: ({ book, cell, selection }) => {
      if (book === null || cell === null) return;
      setSourceHidden(book, selection.cells(), !isSourceHidden(book.meta(cell.id)));
    },
  },
  {
    id: "view.lineNumbers",
    title: words.lineNumbers,
    keys: ["Mod+M L", "Esc L", "Esc Shift+L"],
    checked: ({ settings }) => settings.read().editor.lineNumbers,
    run: ({ settings }) => {
      const { editor } = settings.read();
      settings.change({ editor: { ...editor, lineNumbers: !editor.lineNumbers } });
    },
  },
  {
    id: "view.foldAll",
    title: words.foldAll,
    when: hasEditor,
    run: ({ editor, cell }) => editor.of(cell?.id ?? null)?.foldAll(),
  },
  {
    id: "view.unfoldAll",
    title: words.unfoldAll,
    when: hasEditor,
    run: ({ editor, cell }) => editor.of(cell?.id ?? null)?.unfoldAll(),
  },
  {
    id: "view.fullWidth",
    title: words.fullWidth,
    checked: ({ settings }) => settings.read().width === "full",
    run: ({ settings }) => settings.change({ width: settings.read().width === "full" ? "column" : "full" }),
  },
  {
    id: "view.themeLight",
    title: words.themeLight,
    checked: ({ settings }) => settings.read().theme === "light",
    run: ({ settings }) => settings.change({ theme: "light" }),
  },
  {
    id: "view.themeDark",
    title: words.themeDark,
    checked: ({ settings }) => settings.read().theme === "dark",
    run: ({ settings }) => settings.change({ theme: "dark" }),
  },
  {
    id: "view.themeSystem",
    title: words.themeSystem,
    checked: ({ settings }) => settings.read().theme === "system",
    run: ({ settings }) => settings.change({ theme: "system" }),
  },
  {
    id: "view.running",
    title: words.goToRunning,
    when: ({ session }) => session.runs.summary().queue.running !== null,
    run: ({ selection, session }) => selection.select(session.runs.summary().queue.running?.cell_id ?? null),
  },
  {
    id: "view.next",
    title: words.nextCell,
    keys: ["Esc ArrowDown", "Esc J", "Mod+M N"],
    when: isOpen,
    run: ({ selection }) => void selection.step(1),
  },
  {
    id: "view.previous",
    title: words.previousCell,
    keys: ["Esc ArrowUp", "Esc K", "Mod+M P"],
    when: isOpen,
    run: ({ selection }) => void selection.step(-1),
  },
  {
    id: "view.extendDown",
    title: words.extendDown,
    keys: ["Esc Shift+ArrowDown", "Esc Shift+J"],
    when: hasCell,
    run: ({ selection }) => void selection.extend(1),
  },
  {
    id: "view.extendUp",
    title: words.extendUp,
    keys: ["Esc Shift+ArrowUp", "Esc Shift+K"],
    when: hasCell,
    run: ({ selection }) => void selection.extend(-1),
  },
  {
    id: "view.edit",
    title: words.editCell,
    keys: ["Esc Enter"],
    when: hasCell,
    run: ({ selection }) => selection.select(selection.read().id, "edit"),
  },
  {
    id: "view.first",
    title: words.firstCell,
    keys: ["Esc Mod+Home"],
    when: isOpen,
    run: (controller) => controller.selection.select(controller.order()[0] ?? null),
  },
  {
    id: "view.last",
    title: words.lastCell,
    keys: ["Esc Mod+End"],
    when: isOpen,
    run: (controller) => controller.selection.select(controller.order().at(-1) ?? null),
  },
];
