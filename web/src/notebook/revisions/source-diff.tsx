/** The sources of two cells and what is different in them, and the source of one that stands alone. */
import "../editor/editor.css";
import "./source-diff.css";

import { useEffect, useRef, useState } from "react";

import { fetchPart } from "../../ui/part";
import { strings } from "../../words";
import { useReached } from "../cells/nearness";
import { plainPieces, type StaticLine, staticLines } from "../editor/static-lines";
import type { DiffLayout } from "./merge";

type MergeModule = typeof import("./merge");

const words = strings.revisions.diff;
const LINE_PX = 20;
/** A longer text is shown without colours: they would be tens of thousands of nodes. */
const COLOUR_CHARS = 20_000;

/** The module, once a language that it needs is there too. */
function useMerge(wanted: boolean, language: string): MergeModule | null {
  const [module, setModule] = useState<MergeModule | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    void fetchPart(() => import("./merge")).then(async (merge) => {
      await merge.languageReady(language);
      if (current) setModule(merge);
    });
    return () => {
      current = false;
    };
  }, [wanted, language]);
  return module;
}

const linesOf = (text: string): number => text.split("\n").length;

interface DiffProps {
  readonly old: string;
  readonly new: string;
  readonly language: string;
  readonly layout: DiffLayout;
  readonly folds: boolean;
  /** Something of it is folded, or not. */
  readonly onFolded: (folded: boolean) => void;
  readonly titles: { readonly old: string; readonly new: string };
}

/** Mounted when it comes near; until then its place is about as high as it will be. */
export function SourceDiff({ old, new: next, language, layout, folds, onFolded, titles }: DiffProps) {
  const outer = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const reached = useReached(outer);
  const merge = useMerge(reached, language);
  useEffect(() => {
    const parent = inner.current;
    if (parent === null || merge === null) return;
    const labels = { old: words.source(titles.old), new: words.source(titles.new) };
    const { folded, destroy } = merge.mountDiff({ parent, old, new: next, language, layout, folds, labels });
    onFolded(folded);
    return destroy;
  }, [merge, old, next, language, layout, folds, onFolded, titles.old, titles.new]);
  const height = Math.max(linesOf(old), linesOf(next)) * LINE_PX;
  return (
    <div ref={outer} className={`diff-source ${layout}`}>
      <div ref={inner} {...(merge === null && { style: { minHeight: height } })} />
    </div>
  );
}

interface AloneProps {
  readonly source: string;
  readonly language: string;
  /** It was added, or removed, whole. */
  readonly fate: "added" | "removed" | "same";
}

export function SourceAlone({ source, language, fate }: AloneProps) {
  const outer = useRef<HTMLPreElement>(null);
  const reached = useReached(outer);
  const merge = useMerge(reached && source.length <= COLOUR_CHARS, language);
  const coloured = merge?.colouredPieces(source, language) ?? null;
  const lines = staticLines(coloured ?? plainPieces(source), []);
  return (
    <pre ref={outer} className={`diff-alone ${fate}`} tabIndex={0}>
      {source === "" ? <em className="meta">{words.empty}</em> : <code>{lines.map((line) => Line(line))}</code>}
    </pre>
  );
}

function Line({ number, pieces }: StaticLine) {
  return (
    <div key={number} className="diff-line" data-line={number}>
      {pieces.map(({ text, classes }, index) => (
        <span key={index} className={classes}>
          {text}
        </span>
      ))}
    </div>
  );
}
