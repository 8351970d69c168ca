/** One cell: gutter, source, outputs, tools. It is never unmounted while it exists; what is in it comes by nearness. */
import { ArrowDown, ArrowUp, Eraser, Pencil, Trash2 } from "lucide-react";
import { type MouseEvent, memo, useEffect, useRef } from "react";

import type { CellFacts } from "../../doc/layout";
import { IconButton } from "../../ui/button";
import { strings } from "../../words";
import { AddHere } from "./add-here";
import { useChangedSinceRun } from "./changed";
import { useCell, useCellRun, useController, useSelected, useStatusPart, useSummary } from "../context";
import { Source, StaticSource } from "../editor/source";
import { Gutter } from "./gutter";
import { useNearness } from "./nearness";
import { Outputs } from "../outputs/outputs";
import { TextCell } from "../text/text-cell";

const BARS_PX = 96;

interface CellProps {
  readonly id: string;
  readonly index: number;
}

/**
 * The place of a cell in the list. Only this is drawn anew when cells before it come or go. A cell that was never near is
 * its source as plain text, which the browser's own search finds, and nothing more: a notebook may have thousands.
 */
export const Cell = memo(function Cell({ id, index }: CellProps) {
  const cell = useCell(id);
  const controller = useController();
  const selected = useSelected(id);
  const place = useRef<HTMLElement>(null);
  const { near, reached } = useNearness(place);

  useEffect(() => {
    const element = place.current;
    if (selected === "" || element === null) return;
    if (selected === "command" && !element.contains(document.activeElement)) element.focus({ preventScroll: true });
    if (selected === "command" && isEditor(document.activeElement)) element.focus({ preventScroll: true });
    if (!inSight(element)) element.scrollIntoView({ block: "nearest" });
  }, [selected]);

  if (cell === null) return null;
  const select = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || event.target.closest("button, a, input, .cm-editor") !== null) return;
    if (selected !== "edit") controller.select(id, "command");
  };
  const lines = cell.source.toJSON().split("\n").length;
  return (
    <section
      ref={place}
      className={`cell ${cell.type} ${selected}`}
      style={{ order: index, containIntrinsicBlockSize: `auto ${lines * 20 + 32}px` }}
      aria-label={strings.cell.label(strings.cell.kind[cell.type], index)}
      tabIndex={-1}
      onClick={select}
    >
      {reached || selected !== "" ? (
        <>
          <Body cell={cell} near={near} reached={reached} />
          <Tools cell={cell} />
          <AddHere index={index + 1} />
        </>
      ) : (
        <div className="cell-main">
          <StaticSource cell={cell} />
        </div>
      )}
    </section>
  );
});

/** Some of it can be seen between the bars. A cell that was clicked is, and must not jump. */
function inSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > BARS_PX && top < window.innerHeight - BARS_PX;
}

function isEditor(element: Element | null): boolean {
  return element?.closest(".cm-editor") != null;
}

interface BodyProps {
  readonly cell: CellFacts;
  readonly near: boolean;
  readonly reached: boolean;
}

const Body = memo(function Body({ cell, near, reached }: BodyProps) {
  if (cell.type === "code") return <CodeBody cell={cell} near={near} reached={reached} />;
  return (
    <>
      <div className="gutter" />
      <div className="cell-main">
        {cell.type === "markdown" ? (
          <TextCell cell={cell} near={near} reached={reached} />
        ) : (
          <Source cell={cell} near={near} language="plain" />
        )}
      </div>
    </>
  );
});

function CodeBody({ cell, near, reached }: BodyProps) {
  const { kernel } = useSummary();
  const python = (kernel?.language ?? "") === "" || kernel?.language === "python";
  const changed = useChangedSinceRun(cell, near);
  const running = useCellRun(cell.id).current?.state === "running";
  const rail = running ? "running" : changed ? "changed" : "";
  return (
    <>
      <Gutter id={cell.id} />
      <div className={`cell-main ${rail}`} title={changed ? strings.cell.changed : undefined}>
        <Source cell={cell} near={near} language={python ? "python" : "plain"} />
        <Outputs id={cell.id} reached={reached} />
      </div>
    </>
  );
}

function Tools({ cell }: { readonly cell: CellFacts }) {
  const controller = useController();
  const editable = useStatusPart(({ book }) => book !== null);
  const hasOutputs = (useCellRun(cell.id).outputs?.outputs.length ?? 0) > 0;
  const { id, type } = cell;
  return (
    <div className="cell-tools" role="toolbar" aria-label={strings.cell.tools} hidden={!editable}>
      {type === "markdown" && (
        <IconButton
          icon={Pencil}
          label={strings.cell.edit}
          shortcut="Enter"
          onClick={() => controller.select(id, "edit")}
        />
      )}
      {type === "code" && hasOutputs && (
        <IconButton
          icon={Eraser}
          label={strings.cell.clear}
          onClick={() => controller.report(controller.session.clear([id]))}
        />
      )}
      <IconButton icon={ArrowUp} label={strings.cell.moveUp} onClick={() => controller.move(id, -1)} />
      <IconButton icon={ArrowDown} label={strings.cell.moveDown} onClick={() => controller.move(id, 1)} />
      <IconButton icon={Trash2} label={strings.cell.remove} shortcut="d d" onClick={() => controller.delete(id)} />
    </div>
  );
}
