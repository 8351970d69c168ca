/** Commands of sections and of forms: what of the selected cell is shown. */
import { strings } from "../../words";
import { hasCode, isOpen, type NotebookCommand } from "../commands/command";
import type { NotebookController } from "../controller";
import { sectionAt } from "../../doc/sections";
import { setView, viewOf } from "../forms/edits";
import { readForm, type View } from "../forms/grammar";

const { sections: words, forms } = strings;

/** The section of the cell in focus. */
function currentSection({ sections, selection }: NotebookController): string | null {
  const { id } = selection.read();
  return id === null ? null : (sectionAt(sections.read().outline, id)?.id ?? null);
}

const inSection = (controller: NotebookController) => currentSection(controller) !== null;

const formView = (view: View, title: string): NotebookCommand => ({
  id: `form.${view}`,
  title,
  when: (controller) => hasCode(controller) && formOf(controller) !== null,
  checked: (controller) => formOf(controller) === view,
  run: ({ book, cell }) => {
    if (book !== null && cell !== null) setView(book, cell.id, view);
  },
});

function formOf({ book, cell }: NotebookController): View | null {
  const form = cell === null ? null : readForm(cell.source.toJSON());
  return form === null || book === null || cell === null ? null : viewOf(book.meta(cell.id), form);
}

export const sectionCommands: readonly NotebookCommand[] = [
  {
    id: "section.toggle",
    title: words.foldSection,
    keys: ["Mod+'"],
    when: inSection,
    run: (controller) => {
      const id = currentSection(controller);
      if (id !== null) controller.foldSections([id], !controller.sections.read().folded.has(id));
    },
  },
  {
    id: "section.run",
    title: words.runThis,
    when: inSection,
    run: (controller) => {
      const id = currentSection(controller);
      if (id !== null) controller.running.run(controller.sections.cellsOf(id));
    },
  },
  {
    id: "section.foldAll",
    title: words.foldAll,
    when: isOpen,
    run: (controller) => controller.foldSections([...controller.sections.read().outline.sections.keys()], true),
  },
  { id: "section.openAll", title: words.openAll, when: isOpen, run: ({ sections }) => sections.foldAll(false) },
  formView("both", forms.viewBoth),
  formView("form", forms.viewForm),
  formView("code", forms.viewCode),
];
