/** A text cell: shown as rendered Markdown, written in an editor after a double click or Enter. */
import "./text.css";

import { Suspense, use, useMemo } from "react";

import type { CellFacts } from "../../doc/layout";
import { Html } from "../../ui/html";
import { fetchPart } from "../../ui/part";
import { strings } from "../../words";
import { useController, useSelected, useText } from "../context";
import { Source } from "../editor/source";

type Renderer = typeof import("../../ui/sanitize");

let renderer: Promise<Renderer> | null = null;

/** Fetches the Markdown renderer and the sanitiser; once for the page. */
export function loadRenderer(): Promise<Renderer> {
  renderer ??= fetchPart(() => import("../../ui/sanitize"));
  return renderer;
}

interface TextCellProps {
  readonly cell: CellFacts;
  readonly near: boolean;
  readonly reached: boolean;
}

export function TextCell({ cell, near, reached }: TextCellProps) {
  const { selection } = useController();
  const selected = useSelected(cell.id);
  const text = useText(cell.source);
  if (selected === "edit") return <Source cell={cell} near={near} language="plain" />;
  const raw = <pre className="text-raw">{text}</pre>;
  return (
    <div onDoubleClick={() => selection.select(cell.id, "edit")}>
      {text.trim() === "" ? (
        <p className="text-empty">{strings.cell.emptyText}</p>
      ) : reached ? (
        <Suspense fallback={raw}>
          <Markdown source={text} attachments={cell.map.get("attachments")} />
        </Suspense>
      ) : (
        raw
      )}
    </div>
  );
}

interface MarkdownProps {
  readonly source: string;
  readonly attachments?: unknown;
}

/** Suspends until the renderer is there. */
export function Markdown({ source, attachments = null }: MarkdownProps) {
  const { renderMarkdown } = use(loadRenderer());
  const html = useMemo(() => renderMarkdown(source, attachments), [renderMarkdown, source, attachments]);
  return <Html html={html} className="prose" />;
}
