/** One cell: gutter, source, outputs, tools. It is never unmounted while it exists; what is in it comes by nearness. */
import { type MouseEvent, memo, useEffect, useRef } from "react";

import type { CellFacts } from "../../doc/layout";
import { strings } from "../../words";
import {
  useCell,
  useCellMeta,
  useCellRun,
  useCodeLanguage,
  useController,
  useMay,
  useSections,
  useSelected,
  useShell,
} from "../context";
import { cellElementId, Source } from "../editor/source";
import { StaticSource } from "../editor/static-source";
import { WithForm } from "../forms/form";
import { isSourceHidden, setSourceHidden } from "../model/visibility";
import { Outputs } from "../outputs/outputs";
import { PADDING_PX } from "../outputs/room";
import { FoldButton, FoldedCells } from "../sections/folding";
import { TextCell } from "../text/text-cell";
import { CellComments } from "../comments/cell-comments";
import { CellPeople } from "../people/cell-people";
import { AddHere } from "./add-here";
import { CellTools } from "./cell-tools";
import { useChangedSinceRun } from "./changed";
import { useDropPlace } from "./drag";
import { Gutter } from "./gutter";
import { useCellNearness } from "./nearness";
import { deselectText, extendsText, isForCell } from "./press";
import { cellHeight, useRoom } from "./use-height";

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
  const { selection } = controller;
  const selected = useSelected(id);
  const place = useRef<HTMLElement>(null);
  const printing = useShell((state) => state.printing);
  const { near, reached: seen, held } = useCellNearness(id);
  const reached = seen || printing;
  const room = useRoom(id, reached);
  const drop = useDropPlace(id, place);
  const editable = useMay("edit");
  const hidden = useSections((sections) => sections.hidden.has(id));

  /** The focus that comes with a press. */
  const pressed = useRef(false);
  const before = useRef(selected);
  useEffect(() => {
    const left = before.current === "edit";
    before.current = selected;
    const element = place.current;
    if ((selected !== "command" && selected !== "edit") || element === null) return;
    const active = document.activeElement;
    // Who left the editor for something else in the page stays there.
    const away = left ? active === document.body || isEditor(active) : !element.contains(active) || isEditor(active);
    if (selected === "command" && away) element.focus({ preventScroll: true });
    if (!inSight(element)) element.scrollIntoView({ block: "nearest" });
  }, [selected]);

  if (cell === null) return null;
  const press = (event: MouseEvent) => {
    pressed.current = true;
    setTimeout(() => {
      pressed.current = false;
    });
    if (event.button !== 0 || !event.shiftKey || !isForCell(event.target) || extendsText(event.target)) return;
    event.preventDefault();
    deselectText();
  };
  const select = (event: MouseEvent) => {
    if (!isForCell(event.target)) return;
    if (event.shiftKey && extendsText(event.target)) return;
    if (event.shiftKey) selection.extendTo(id);
    else if (event.ctrlKey || event.metaKey) selection.toggle(id);
    else if (selected !== "edit") selection.select(id, "command");
  };
  const height = cellHeight(controller, cell);
  return (
    <section
      ref={place}
      id={cellElementId(id)}
      className={`cell ${cell.type} ${selected} ${drop}`}
      style={{
        order: index,
        containIntrinsicBlockSize: `auto ${height}px`,
        ...(held !== null && { height: held }),
      }}
      aria-label={strings.cell.label(strings.cell.kind[cell.type], index)}
      data-cell={id}
      tabIndex={0}
      hidden={hidden && !printing}
      onMouseDown={press}
      onClick={select}
      onFocus={({ target, currentTarget }) => {
        // Reached by Tab or by a screen reader: the keys are for this cell now. With the mouse it is the click that selects.
        if (target === currentTarget && !pressed.current && selected === "") selection.select(id);
      }}
    >
      {reached || selected !== "" ? (
        <>
          <Body cell={cell} near={near} reached={reached} />
          <CellPeople id={id} />
          <CellComments id={id} />
          {editable && <CellTools cell={cell} />}
          {editable && <AddHere behind={id} />}
        </>
      ) : (
        <div className="cell-main">
          <StaticSource cell={cell} />
          {room > 0 && <div className="cell-place" style={{ height: room - PADDING_PX }} />}
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
      <div className="gutter">{cell.type === "markdown" && <FoldButton id={cell.id} />}</div>
      <div className="cell-main">
        {cell.type === "markdown" ? (
          <TextCell cell={cell} near={near} reached={reached} />
        ) : (
          <Source cell={cell} near={near} language="plain" />
        )}
        {cell.type === "markdown" && <FoldedCells id={cell.id} />}
      </div>
    </>
  );
});

function CodeBody({ cell, near, reached }: BodyProps) {
  const meta = useCellMeta(cell.id);
  const language = useCodeLanguage();
  const changed = useChangedSinceRun(cell, near);
  const running = useCellRun(cell.id).current?.state === "running";
  const rail = running ? "running" : changed ? "changed" : "";
  return (
    <>
      <Gutter id={cell.id} />
      <div className={`cell-main ${rail}`} title={changed ? strings.cell.changed : undefined}>
        {isSourceHidden(meta) ? (
          <HiddenSource id={cell.id} />
        ) : language === "python" ? (
          <WithForm cell={cell}>
            <Source cell={cell} near={near} language={language} />
          </WithForm>
        ) : (
          <Source cell={cell} near={near} language={language} />
        )}
        <Outputs id={cell.id} reached={reached} />
      </div>
    </>
  );
}

function HiddenSource({ id }: { readonly id: string }) {
  const { book } = useController();
  return (
    <button type="button" className="hidden-source" onClick={() => book !== null && setSourceHidden(book, [id], false)}>
      {strings.cell.codeHidden}
    </button>
  );
}
