/**
 * The source of a cell: static text far from the viewport, an editor near it. Both have the same measure, so that
 * nothing moves when one takes the place of the other.
 */
import "./editor.css";

import { memo, useEffect, useLayoutEffect, useRef } from "react";

import type { CellFacts } from "../../doc/layout";
import { strings } from "../../words";
import { useBook, useController, useMay, useSelected } from "../context";
import type { NotebookController } from "../controller";
import type { CellOthers } from "./carets";
import type { Editor, EditorEvents, Extra } from "./codemirror";
import { useEditorModule } from "./load";
import { ColouredText, PlainText } from "./static-source";

/** Of the element that says "source", once in the page (cells/cell-list.tsx). */
export const SOURCE_WORD = "source-word";
/** Of the element of a cell, whose name is that of the cell. */
export const cellElementId = (cell: string) => `cell-${cell}`;

interface SourceProps {
  readonly cell: CellFacts;
  readonly near: boolean;
  /** A name of languages.ts, "python", or "plain". */
  readonly language: string;
  /** What this kind of cell adds to its editor, fetched when there is one. Always the same function. */
  readonly extra?: Extra;
}

function eventsOf(controller: NotebookController, id: string): EditorEvents {
  const { selection } = controller;
  return {
    escape: () => selection.select(id, "command"),
    focus: () => selection.select(id, "edit"),
    blur: () => {
      if (document.hasFocus() && !isBesideEditor(id)) selection.leave(id);
    },
    step: (by, column) => controller.stepFromEditor(by, column),
    tooLarge: () => controller.toasts.say(strings.cell.tooLarge, null, true),
    keep: (kept) => controller.editor.keep(id, kept),
    save: () => controller.files.tellSaved(),
    vimMode: (mode) => controller.shell.setVimMode(mode),
  };
}

function othersOf({ session: { presence }, whereabouts }: NotebookController, { id, source }: CellFacts): CellOthers {
  return {
    read: () => presence.atCell(id),
    subscribe: (listener) => presence.subscribeCell(id, listener),
    moved: (anchor, head) => whereabouts.moved(id, source, anchor, head),
  };
}

/** The focus is on tools that belong to the editor of this cell: it stays open for them. */
function isBesideEditor(id: string): boolean {
  const tools = document.activeElement?.closest("[data-keeps-editor]");
  return tools?.closest(`section[data-cell="${CSS.escape(id)}"]`) != null;
}

export const Source = memo(function Source({ cell, near, language, extra }: SourceProps) {
  const controller = useController();
  const module = useEditorModule();
  const selected = useSelected(cell.id);
  const book = useBook();
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const first = useRef(language);
  const editable = useMay("edit");
  const firstEditable = useRef(editable);
  const prose = cell.type !== "code";
  const mounted = module !== null && book !== null && (near || selected === "edit");

  // Before the browser paints: the static text goes and the editor comes in one.
  useLayoutEffect(() => {
    if (!mounted || parent.current === null) return;
    const { id, source } = cell;
    const { settings } = controller;
    const made = module.mountEditor({
      parent: parent.current,
      source,
      undo: book.undoOf(cell),
      language: first.current,
      prose,
      settings: settings.read().editor,
      kept: controller.editor.kept(id),
      others: othersOf(controller, cell),
      labelledBy: `${cellElementId(id)} ${SOURCE_WORD}`,
      help: prose ? null : controller.codeHelp,
      on: eventsOf(controller, id),
      editable: firstEditable.current,
      ...(extra !== undefined && { extra }),
    });
    editor.current = made;
    const forget = controller.editor.add({ cell: id, ...made.handle });
    const stopFollowing = settings.subscribe(() => made.configure(settings.read().editor));
    return () => {
      editor.current = null;
      stopFollowing();
      forget();
      made.destroy();
    };
  }, [mounted, module, book, cell, prose, extra, controller]);

  useLayoutEffect(() => {
    first.current = language;
    editor.current?.setLanguage(language);
  }, [language]);

  useLayoutEffect(() => {
    firstEditable.current = editable;
    editor.current?.setEditable(editable);
  }, [editable]);

  useEffect(() => {
    if (mounted && selected === "edit") editor.current?.focus();
  }, [mounted, selected]);

  return (
    <div className={`source ${prose ? "writing" : "code"}`}>
      <div ref={parent} hidden={!mounted} />
      {!mounted &&
        (module === null ? (
          <PlainText cell={cell} />
        ) : (
          <ColouredText cell={cell} language={language} module={module} />
        ))}
    </div>
  );
});
