/** What can be done with an output, by what it is; and with all outputs of a cell. Shown by the output's menu. */
import {
  ArrowDownToLine,
  Copy,
  EyeOff,
  type LucideIcon,
  Maximize2,
  ScrollText,
  Trash2,
  UnfoldVertical,
} from "lucide-react";

import { rest } from "../../browser";
import { address } from "../../net/rest";
import { stripAnsi } from "../../runs/ansi";
import { strings } from "../../words";
import type { DisplayOutput, Output } from "../../wire/types";
import type { NotebookController } from "../controller";
import { copyForms, copyText, pngOf, saveFile } from "./copy";
import { pictureAddress } from "./picture";
import { type Scrolling, scrollingOf, setHidden, setScrolling } from "./output-state";
import { choose } from "./plan";
import { fetchText, mimeAddress, textOf } from "./value";

const words = strings.output;

export interface OutputAction {
  readonly id: string;
  readonly title: string;
  readonly icon: LucideIcon;
  readonly run: () => void;
}

/** Groups of what can be done with this output. */
export function actionsOf(controller: NotebookController, cell: string, output: Output): readonly OutputAction[] {
  const full: OutputAction = {
    id: "full",
    title: words.fullScreen,
    icon: Maximize2,
    run: () => controller.shell.openDialog("output", { cell, output: output.id }),
  };
  switch (output.t) {
    case "stream":
      return [
        { id: "copy", title: words.copyText, icon: Copy, run: () => void copyStream(controller, output.id) },
        { id: "log", title: words.openLog, icon: ScrollText, run: () => openLog(controller, cell, output.id) },
        {
          id: "save",
          title: words.download,
          icon: ArrowDownToLine,
          run: () => saveFile(address.log(controller.session.notebook, output.id), "output.txt"),
        },
      ];
    case "error": {
      const text = [...output.traceback, `${output.ename}: ${output.evalue}`];
      const copied = () =>
        void copyText(controller.toasts, stripAnsi(text.slice(0, output.traceback.length || 1).join("\n")));
      return [{ id: "copy", title: words.copyTraceback, icon: Copy, run: copied }, full];
    }
    case "display":
      return [...displayActions(controller, output), full];
    case "cut":
      return [];
  }
}

export function openLog(controller: NotebookController, cell: string, output: string): void {
  controller.shell.openDialog("log", { cell, output });
}

function displayActions(controller: NotebookController, output: DisplayOutput): readonly OutputAction[] {
  const chosen = choose(output);
  if (chosen === null) return [];
  const { type, value } = chosen;
  const { notebook } = controller.session;
  const source = mimeAddress(notebook, output.id, type, value);
  const save: OutputAction = {
    id: "save",
    title: type.startsWith("image/") ? words.saveImage : words.download,
    icon: ArrowDownToLine,
    run: () => saveFile(source, `output.${extensionOf(type)}`),
  };
  if (type.startsWith("image/")) {
    const picture = pictureAddress(notebook, output.id, type, value);
    const copy = () => void copyForms(controller.toasts, { "image/png": pngOf(picture) });
    return [{ id: "copy", title: words.copyImage, icon: Copy, run: copy }, save];
  }
  if (/^(audio|video)\/|\/pdf$/.test(type)) return [save];
  const read = async () => (value.t === "inline" ? textOf(value.value) : fetchText(notebook, output.id, type));
  const copy = () => void read().then((text) => copyText(controller.toasts, stripAnsi(text)));
  return [{ id: "copy", title: words.copyText, icon: Copy, run: copy }, save];
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  "svg+xml": "svg",
  jpeg: "jpg",
  plain: "txt",
  markdown: "md",
  javascript: "js",
  latex: "tex",
  mpeg: "mp3",
  "x-wav": "wav",
  "tab-separated-values": "tsv",
};

export function extensionOf(type: string): string {
  const name = /\/([\w.+-]+)/.exec(type)?.[1] ?? "txt";
  return EXTENSIONS[name] ?? (name.endsWith("json") ? "json" : name.replace(/[^\w]/g, ""));
}

/** Longer texts are downloaded: a clipboard is no place for them. */
const LONGEST_COPY_CHARS = 5_000_000;

async function copyStream(controller: NotebookController, output: string): Promise<void> {
  const parts: string[] = [];
  let next: number | null = 0;
  let taken = 0;
  while (next !== null && taken < LONGEST_COPY_CHARS) {
    const slice: Awaited<ReturnType<typeof rest.text>> = await rest.text(
      controller.session.notebook,
      output,
      next,
      1_000_000,
    );
    parts.push(slice.text);
    taken += slice.text.length;
    next = slice.next;
  }
  await copyText(controller.toasts, stripAnsi(parts.join("")), next === null ? words.copied : words.copiedStart);
}

/** What can be done with all outputs of the cell. */
export function cellActions(controller: NotebookController, cell: string): readonly OutputAction[] {
  const { book } = controller.session.status();
  if (book === null) return [];
  const scrolling = scrollingOf(book.meta(cell));
  const next: Scrolling = scrolling === "fit" ? "scroll" : "fit";
  const clear: OutputAction = {
    id: "clear",
    title: words.clear,
    icon: Trash2,
    run: () => controller.report(controller.session.clear([cell])),
  };
  return [
    {
      id: "scroll",
      title: next === "fit" ? words.fit : words.scroll,
      icon: UnfoldVertical,
      run: () => setScrolling(book, cell, next),
    },
    { id: "hide", title: words.hide, icon: EyeOff, run: () => setHidden(book, cell, true) },
    ...(controller.session.may("edit") ? [clear] : []),
  ];
}
