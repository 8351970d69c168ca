/** The Runtime menu: running cells, steering the kernel. */
import { strings } from "../../words";
import { hasCell, hasKernel, isBusy, isOpen, type NotebookCommand } from "./command";

const words = strings.commands;

export const runtimeCommands: readonly NotebookCommand[] = [
  { id: "run.all", title: words.runAll, keys: ["Mod+F9"], when: isOpen, run: ({ running }) => running.runAll() },
  {
    id: "run.before",
    title: words.runBefore,
    keys: ["Mod+F8"],
    when: hasCell,
    run: ({ running }) => running.runBefore(),
  },
  {
    id: "run.cell",
    title: words.runCell,
    keys: ["Mod+Enter"],
    when: hasCell,
    run: ({ running }) => running.runSelected("stay"),
  },
  {
    id: "run.next",
    title: words.runNext,
    keys: ["Shift+Enter"],
    when: hasCell,
    run: ({ running }) => running.runSelected("next"),
  },
  {
    id: "run.insert",
    title: words.runInsert,
    keys: ["Alt+Enter"],
    when: hasCell,
    run: ({ running }) => running.runSelected("insert"),
  },
  {
    id: "run.selection",
    title: words.runSelection,
    keys: ["Mod+Shift+Enter"],
    when: hasCell,
    run: ({ running, editor, cell }) => {
      const text = editor.of(cell?.id ?? null)?.selectedText() ?? "";
      if (text.trim() === "") running.runSelected("stay");
      else running.runText(text);
    },
  },
  {
    id: "run.after",
    title: words.runAfter,
    keys: ["Mod+F10"],
    when: hasCell,
    run: ({ running }) => running.runAfter(),
  },
  {
    id: "run.cancelAll",
    title: words.cancelAll,
    when: ({ session }) => session.runs.summary().queue.waiting.length > 0,
    run: ({ running }) => running.cancelAll(),
  },
  {
    id: "kernel.interrupt",
    title: words.interrupt,
    keys: ["Mod+M I", "Esc I I"],
    when: isBusy,
    run: ({ running }) => running.interrupt(),
  },
  {
    id: "kernel.restart",
    title: words.restart,
    keys: ["Mod+M .", "Esc 0 0"],
    when: hasKernel,
    run: ({ shell }) => shell.openDialog("restart"),
  },
  {
    id: "kernel.restartRunAll",
    title: words.restartRunAll,
    when: hasKernel,
    run: ({ shell }) => shell.openDialog("restart-run-all"),
  },
  {
    id: "runtime.connect",
    title: words.connect,
    when: ({ session }) => {
      const { runtime } = session.runs.summary();
      return runtime === null || runtime.state === "ended";
    },
    run: ({ running }) => running.connect(),
  },
  {
    id: "runtime.disconnect",
    title: words.disconnect,
    when: ({ session }) => {
      const { runtime } = session.runs.summary();
      return runtime !== null && runtime.state !== "ended";
    },
    run: ({ shell }) => shell.openDialog("disconnect"),
  },
];
