/** A text cell: shown as rendered Markdown, written in an editor after a double click or Enter. */
import "./text.css";

import {
  type ClipboardEvent,
  type DragEvent,
  type FocusEvent,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from "react";

import type { CellFacts } from "../../doc/layout";
import { useSettings } from "../../ui/hooks";
import { isTaskAt } from "../../ui/markdown/tasks";
import { fetchPart } from "../../ui/part";
import { strings } from "../../words";
import { useBook, useCellMeta, useController, useMay, useSelected, useText } from "../context";
import { Source } from "../editor/source";
import { goToAnchor } from "./anchors";
import { attach } from "./commands";
import { formatKeys } from "./keys";
import { Markdown } from "./markdown";
import { TextToolbar } from "./text-toolbar";

interface TextCellProps {
  readonly cell: CellFacts;
  readonly near: boolean;
  readonly reached: boolean;
}

export function TextCell(props: TextCellProps) {
  const controller = useController();
  const { cell, reached } = props;
  const { id } = cell;
  const selected = useSelected(id);
  const text = useText(cell.source);
  const editable = useMay("edit");
  /** Files that are pasted or dropped here are pictures for this text, whatever has the keys. */
  const take = (event: ClipboardEvent | DragEvent, from: DataTransfer) => {
    if (from.files.length === 0 || controller.book === null || !editable) return;
    event.preventDefault();
    event.stopPropagation();
    void attach(controller, id, [...from.files]);
  };
  const files = {
    onPasteCapture: (event: ClipboardEvent) => take(event, event.clipboardData),
    onDropCapture: (event: DragEvent) => take(event, event.dataTransfer),
    onDragOver: (event: DragEvent) => event.dataTransfer.types.includes("Files") && event.preventDefault(),
  };
  if (selected === "edit" && editable) return <TextEditing {...props} text={text} files={files} />;
  return (
    <div
      onDoubleClick={(event) => editable && isText(event.target) && controller.selection.select(id, "edit")}
      {...files}
    >
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

/** Two quick presses on a box are two presses, and no wish to write. */
const isText = (target: EventTarget) => target instanceof Element && target.closest("input, summary, a") === null;

const extra = { keys: formatKeys, more: async () => (await fetchPart(() => import("./writing"))).writing };

interface EditingProps extends TextCellProps {
  readonly text: string;
  readonly files: object;
}

/** The editor, and beside it or below it how the text will look. */
function TextEditing({ cell, near, text, files }: EditingProps) {
  const { selection } = useController();
  const { textPreview } = useSettings();
  const settled = useSettled(text);
  const leave = ({ currentTarget, relatedTarget, target }: FocusEvent<HTMLElement>) => {
    // The editor says by itself when it has lost the keys; this is for the tools and the preview beside it.
    if (!(target instanceof Element) || target.closest(".cm-editor") !== null || !document.hasFocus()) return;
    if (!(relatedTarget instanceof Node) || !currentTarget.contains(relatedTarget)) selection.leave(cell.id);
  };
  return (
    <div className="text-edit" onBlur={leave} {...files}>
      <TextToolbar id={cell.id} />
      <div className={`text-panes ${textPreview ? "with-preview" : ""}`}>
        <Source cell={cell} near={near} language="markdown" extra={extra} />
        {textPreview && (
          <section className="text-preview" aria-label={strings.text.preview} data-keeps-editor>
            {settled.trim() === "" ? (
              <p className="text-empty">{strings.text.emptyPreview}</p>
            ) : (
              <Rendered cell={cell} text={settled} />
            )}
          </section>
        )}
      </div>
    </div>
  );
}

/** The preview follows when one rests for a moment. */
const SETTLE_MS = 120;

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** The text of a cell as it is read. What is pressed in it acts on the source as it is at that moment. */
function Rendered({ cell, text }: { readonly cell: CellFacts; readonly text: string }) {
  const controller = useController();
  const book = useBook();
  const meta = useCellMeta(cell.id);
  const editable = useMay("edit");
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
        {...(book !== null && editable && { onTask: check })}
      />
    </Suspense>
  );
}
