/** Markdown of a notebook, rendered: in text cells, in outputs, in forms. An island: its nodes are not React's. */
import { type MouseEvent, use, useLayoutEffect, useRef } from "react";

import { Contained } from "../../ui/contained";
import { useDark } from "../../ui/hooks";
import { fetchPart } from "../../ui/part";
import { patchChildren } from "../../ui/patch";
import { drawings } from "./drawings";

type Renderer = typeof import("./nodes");

let renderer: Promise<Renderer> | null = null;

/** Fetches the Markdown renderer and the sanitiser; once for the page. */
function loadRenderer(): Promise<Renderer> {
  renderer ??= fetchPart(() => import("./nodes"));
  return renderer;
}

interface MarkdownProps {
  readonly source: string;
  /** Names the text in the page: the id of its cell. */
  readonly text?: string;
  readonly attachments?: Readonly<Record<string, unknown>>;
  /** The box with this place in the source was pressed. Without it, boxes are to be looked at. */
  readonly onTask?: (place: number) => void;
  /** A link to `#name` was followed that leads to nothing within this text. */
  readonly onAnchor?: (name: string) => void;
}

const NO_ATTACHMENTS = {};

/** Suspends until the renderer is there. What cannot be rendered is shown as it is written. */
export function Markdown(props: MarkdownProps) {
  return (
    <Contained of={props.source} instead={<pre className="text-raw">{props.source}</pre>}>
      <Rendered {...props} />
    </Contained>
  );
}

function Rendered({ source, text = "", attachments = NO_ATTACHMENTS, onTask, onAnchor }: MarkdownProps) {
  const { markdownNodes } = use(loadRenderer());
  const place = useRef<HTMLDivElement>(null);
  const theme = useDark() ? "dark" : "light";
  const editable = onTask !== undefined;
  useLayoutEffect(() => {
    let stop: (() => void) | null = null;
    const draw = () => {
      const { nodes, waits } = markdownNodes(source, { text, attachments, editable, theme });
      if (place.current !== null) patchChildren(place.current, nodes);
      if (!waits) stop?.();
      return waits;
    };
    if (draw()) stop = drawings.subscribe(draw);
    return () => stop?.();
  }, [markdownNodes, source, text, attachments, editable, theme]);

  const press = (event: MouseEvent<HTMLDivElement>) => {
    if (!(event.target instanceof Element)) return;
    const box = event.target.closest("input[data-task]");
    if (box !== null) onTask?.(Number(box.getAttribute("data-task")));
    const link = event.target.closest("a[href^='#']");
    if (link === null || place.current === null) return;
    event.preventDefault();
    follow(place.current, link.getAttribute("href") ?? "#", onAnchor);
  };
  return <div ref={place} className="prose" onClick={press} />;
}

/** First within the text, as footnotes go; then wherever in the notebook. */
function follow(place: HTMLElement, href: string, onAnchor: MarkdownProps["onAnchor"]): void {
  let name = href.slice(1);
  try {
    name = decodeURIComponent(name);
  } catch {
    // A broken escape is meant as it stands.
  }
  const own = name === "" ? null : findNamed(place, name);
  if (own !== null) own.scrollIntoView({ block: "nearest" });
  else onAnchor?.(name);
}

/** What a text has called by this name, under the prefix that all such names get. */
export function findNamed(place: ParentNode, name: string): Element | null {
  const wanted = CSS.escape(`user-content-${name}`);
  return place.querySelector(`[id="${wanted}"], [name="${wanted}"]`);
}
