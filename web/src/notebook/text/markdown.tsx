/** Markdown of a notebook, rendered: in text cells, in outputs, in forms. */
import { use, useMemo } from "react";

import { Html } from "../../ui/html";
import { fetchPart } from "../../ui/part";
type Renderer = typeof import("../../ui/sanitize");
let renderer: Promise<Renderer> | null = null;
/** Fetches the Markdown renderer and the sanitiser; once for the page. */
export function loadRenderer(): Promise<Renderer> {
  renderer ??= fetchPart(() => import("../../ui/sanitize"));
  return renderer;
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
