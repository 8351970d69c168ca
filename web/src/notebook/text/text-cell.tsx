/** A text cell: shown as rendered Markdown, written in an editor after a double click or Enter. */
import "./text.css";

import { Suspense, useCallback, useMemo } from "react";

import type { CellFacts } from "../../doc/layout";
import { isTaskAt } from "../../ui/markdown/tasks";
import { strings } from "../../words";
import { useCellMeta, useController, useSelected, useStatusPart, useText } from "../context";
import { Source } from "../editor/source";
import { goToAnchor } from "./anchors";
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
  if (selected === "edit") return <Source cell={cell} near={near} language="markdown" />;
  return (
    <div onDoubleClick={() => selection.select(cell.id, "edit")}>
      {text.trim() === "" ? (
        <p className="text-empty">{strings.cell.emptyText}</p>
      ) : reached ? (
        <Rendered cell={cell} text={text} />
      ) : (
        <pre className="text-raw">{text}</pre>
      )}
    </div>
  );
}

/** The text of a cell as it is read. What is pressed in it acts on the source as it is at that moment. */
export function Rendered({ cell, text }: { readonly cell: CellFacts; readonly text: string }) {
  const controller = useController();
  const book = useStatusPart((status) => status.book);
  const meta = useCellMeta(cell.id);
  // The metadata is another object whenever the attachments are others.
  const attachments = useMemo(() => book?.attachments(cell.id) ?? {}, [book, cell.id, meta]); // eslint-disable-line react-hooks/exhaustive-deps
  const check = useCallback(
    (place: number) => {
      const source = cell.source.toJSON();
      if (book === null || !isTaskAt(source, place)) return;
      book.spliceSource(cell.id, place, place + 1, source[place] === " " ? "x" : " ");
    },
    [book, cell],
  );
  return (
    <Suspense fallback={<pre className="text-raw">{text}</pre>}>
      <Markdown
        source={text}
        text={cell.id}
        attachments={attachments}
        onAnchor={(name) => goToAnchor(controller, name)}
        {...(book !== null && { onTask: check })}
      />
    </Suspense>
  );
}
