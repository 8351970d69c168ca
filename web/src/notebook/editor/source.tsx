/**
 * The source of a cell: static text far from the viewport, an editor near it. Both have the same measure, so that
 * nothing moves when one takes the place of the other.
 */
import "./editor.css";

import { memo, useEffect, useMemo, useRef } from "react";

import type { CellFacts } from "../../doc/layout";
import { strings } from "../../words";
import { useController, useSelected, useStatusPart, useText } from "../context";
import type { Editor, EditorEvents } from "./codemirror";
import { type EditorModule, useEditorModule } from "./load";

interface SourceProps {
  readonly cell: CellFacts;
  readonly near: boolean;
  readonly language: "python" | "plain";
}

export const Source = memo(function Source({ cell, near, language }: SourceProps) {
  const controller = useController();
  const module = useEditorModule();
  const selected = useSelected(cell.id);
  const book = useStatusPart((status) => status.book);
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const mounted = module !== null && book !== null && (near || selected === "edit");

  useEffect(() => {
    if (!mounted || parent.current === null) return;
    const { id, source } = cell;
    const on: EditorEvents = {
      escape: () => controller.selection.select(id, "command"),
      focus: () => controller.selection.select(id, "edit"),
      blur: () => {
        if (document.hasFocus()) controller.selection.leave(id);
      },
      step: (by) => controller.stepFromEditor(by),
      tooLarge: () => controller.toasts.say(strings.cell.tooLarge, null, true),
    };
    const label = strings.cell.editor;
    const made = module.mountEditor({ parent: parent.current, source, undo: book.undoOf(cell), language, label, on });
    editor.current = made;
    const forget = controller.editor.add({ cell: id, ...made.handle });
    return () => {
      editor.current = null;
      forget();
      made.destroy();
    };
  }, [mounted, module, book, cell, language, controller]);

  useEffect(() => {
    if (mounted && selected === "edit") editor.current?.focus();
  }, [mounted, selected]);

  return (
    <div className={`source ${language}`}>
      <div ref={parent} hidden={!mounted} />
      {!mounted && (
        <StaticSource cell={cell} tokens={language === "python" && near ? module?.pythonTokens : undefined} />
      )}
    </div>
  );
});

interface StaticProps {
  readonly cell: CellFacts;
  readonly tokens?: EditorModule["pythonTokens"] | undefined;
}

export function StaticSource({ cell, tokens }: StaticProps) {
  const text = useText(cell.source);
  const parts = useMemo(() => tokens?.(text), [tokens, text]);
  return (
    <pre className="static-source">
      {parts === undefined
        ? text
        : parts.map(({ text: part, classes }, index) => (
            <span key={index} className={classes}>
              {part}
            </span>
          ))}
      {"\n"}
    </pre>
  );
}
