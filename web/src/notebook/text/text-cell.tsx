/** A text cell: shown as rendered Markdown, written in an editor after a double click or Enter. */
import "./text.css";

import { Suspense } from "react";

import type { CellFacts } from "../../doc/layout";
import { strings } from "../../words";
import { useController, useSelected, useText } from "../context";
import { Source } from "../editor/source";
import { Markdown } from "./markdown";

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
