/** What can be done with the outputs of the cell in focus. */
import { strings } from "../../words";
import type { NotebookController } from "../controller";
import { areHidden, scrollingOf, setHidden, setScrolling } from "../outputs/output-state";
import type { NotebookCommand } from "./command";

const words = strings.output;

const outputsOf = ({ cell, session }: NotebookController) =>
  cell === null ? [] : (session.runs.cell(cell.id).outputs?.outputs ?? []);
const hasOutputs = (controller: NotebookController) => outputsOf(controller).length > 0;
const metaOf = ({ book, cell }: NotebookController) => (book === null || cell === null ? {} : book.meta(cell.id));
const streamOf = (controller: NotebookController) => outputsOf(controller).find(({ t }) => t === "stream");

export const outputCommands: readonly NotebookCommand[] = [
  {
    id: "output.hide",
    title: words.hide,
    keys: ["Esc O"],
    when: hasOutputs,
    checked: (controller) => areHidden(metaOf(controller)),
    run: (controller) => {
      const { book, cell } = controller;
      if (book !== null && cell !== null) setHidden(book, cell.id, !areHidden(book.meta(cell.id)));
    },
  },
  {
    id: "output.scroll",
    title: words.scroll,
    keys: ["Esc Shift+O"],
    when: hasOutputs,
    checked: (controller) => scrollingOf(metaOf(controller)) === "scroll",
    run: (controller) => {
      const { book, cell } = controller;
      if (book === null || cell === null) return;
      setScrolling(book, cell.id, scrollingOf(book.meta(cell.id)) === "scroll" ? "fit" : "scroll");
    },
  },
  {
    id: "output.fullScreen",
    title: words.fullScreen,
    when: hasOutputs,
    run: (controller) => {
      const [first] = outputsOf(controller);
      const { cell, shell } = controller;
      if (first !== undefined && cell !== null) shell.openDialog("output", { cell: cell.id, output: first.id });
    },
  },
  {
    id: "output.log",
    title: words.openLog,
    when: (controller) => streamOf(controller) !== undefined,
    run: (controller) => {
      const stream = streamOf(controller);
      const { cell, shell } = controller;
      if (stream !== undefined && cell !== null) shell.openDialog("log", { cell: cell.id, output: stream.id });
    },
  },
];
