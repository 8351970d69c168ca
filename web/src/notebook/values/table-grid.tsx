/**
 * The rows of a table that are in sight, of any number: a grid whose rows and columns are drawn as one scrolls to them.
 * One cell is active; the arrow keys move it.
 */
import { ArrowDown, ArrowUp, ChevronRight, ListFilter } from "lucide-react";
import { type KeyboardEvent, memo, type UIEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";

import { IconButton } from "../../ui/button";
import type { Sort } from "../../wire/types";
import { strings } from "../../words";
import type { TableSource, TableState } from "./table-source";
import { heightOf, ROW_PX, rowsAt, scrollTo } from "./viewport";

const words = strings.values.table;

const INDEX_PX = 96;
const COLUMN_PX = 168;
const HEAD_PX = 48;

interface GridProps {
  readonly source: TableSource;
  readonly state: TableState;
  readonly onFilter: (column: number) => void;
}

interface Scrolled {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

interface Place {
  readonly row: number;
  readonly column: number;
}

const START: Place = { row: 0, column: 0 };

export function TableGrid({ source, state, onFilter }: GridProps) {
  const box = useRef<HTMLDivElement>(null);
  const [scrolled, setScrolled] = useState<Scrolled>({ top: 0, left: 0, width: 0, height: 0 });
  const [active, setActive] = useState(START);
  const id = useId();
  const rows = state.head?.rows ?? 0;
  const columns = state.head?.total_columns ?? 0;
  const body = Math.max(0, scrolled.height - HEAD_PX);
  const sight = rowsAt(rows, scrolled.top, body);
  const left = Math.max(0, Math.floor(scrolled.left / COLUMN_PX));
  const right = Math.min(columns, left + Math.ceil(scrolled.width / COLUMN_PX) + 1);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => {
      const { scrollTop: top, scrollLeft, clientWidth: width, clientHeight: height } = element;
      setScrolled({ top, left: scrollLeft, width, height });
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    source.see({ rows: [sight.first, sight.last], columns: [left, Math.max(right, left + 1)] });
  }, [source, sight.first, sight.last, left, right]);

  const scroll = ({
    currentTarget: { scrollTop: top, scrollLeft, clientWidth: width, clientHeight: height },
  }: UIEvent) => setScrolled({ top, left: scrollLeft, width, height });

  const go = (row: number, column: number) => {
    const element = box.current;
    const place = {
      row: Math.max(0, Math.min(rows - 1, row)),
      column: Math.max(0, Math.min(columns - 1, column)),
    };
    setActive(place);
    if (element === null) return;
    element.scrollTop = scrollTo(place.row, rows, element.scrollTop, body);
    const from = place.column * COLUMN_PX;
    const room = element.clientWidth - INDEX_PX;
    if (from < element.scrollLeft) element.scrollLeft = from;
    else if (from + COLUMN_PX > element.scrollLeft + room) element.scrollLeft = from + COLUMN_PX - room;
  };
  const enter = (row: number) => {
    if (!source.opens(row)) return;
    setActive(START);
    source.enter(row);
  };
  const press = (event: KeyboardEvent) => {
    const { row, column } = active;
    const page = Math.max(1, Math.floor(body / ROW_PX) - 1);
    const far = event.ctrlKey || event.metaKey;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowUp: () => go(far ? 0 : row - 1, column),
      ArrowDown: () => go(far ? rows - 1 : row + 1, column),
      ArrowLeft: () => go(row, far ? 0 : column - 1),
      ArrowRight: () => go(row, far ? columns - 1 : column + 1),
      PageUp: () => go(row - page, column),
      PageDown: () => go(row + page, column),
      Home: () => go(far ? 0 : row, 0),
      End: () => go(far ? rows - 1 : row, columns - 1),
      Enter: () => enter(row),
    };
    if (far && event.key === "c") void navigator.clipboard.writeText(source.cell(row, column) ?? "");
    else if (event.target !== box.current || moves[event.key] === undefined) return;
    else moves[event.key]?.();
    event.preventDefault();
  };

  const shownRows = Array.from({ length: sight.last - sight.first }, (_, index) => sight.first + index);
  const shownColumns = Array.from({ length: right - left }, (_, index) => left + index);
  return (
    <div
      ref={box}
      className={`table-grid ${state.busy ? "busy" : ""}`}
      role="grid"
      aria-label={words.grid}
      aria-describedby={`${id}-keys`}
      aria-rowcount={rows + 1}
      aria-colcount={columns + 1}
      aria-busy={state.busy}
      aria-activedescendant={`${id}-${active.row}-${active.column}`}
      tabIndex={0}
      onScroll={scroll}
      onKeyDown={press}
    >
      <span id={`${id}-keys`} className="visually-hidden">
        {words.keys}
      </span>
      <div className="table-sizer" style={{ width: INDEX_PX + columns * COLUMN_PX, height: HEAD_PX + heightOf(rows) }}>
        <Head
          source={source}
          sort={state.sort}
          sorts={state.head?.sorts ?? false}
          columns={shownColumns}
          onFilter={onFilter}
        />
        {shownRows.map((row, index) => (
          <div
            key={row}
            role="row"
            aria-rowindex={row + 2}
            className="table-row"
            style={{ transform: `translateY(${HEAD_PX + sight.top + index * ROW_PX}px)` }}
          >
            <span role="rowheader" className="table-cell table-index tabular" title={source.label(row)}>
              {source.opens(row) ? (
                <IconButton icon={ChevronRight} label={words.goInto} tabIndex={-1} onClick={() => enter(row)} />
              ) : null}
              {source.label(row) ?? ""}
            </span>
            {shownColumns.map((column) => (
              <Cell
                key={column}
                id={`${id}-${row}-${column}`}
                column={column}
                text={source.cell(row, column)}
                numeric={source.column(column)?.numeric ?? false}
                active={active.row === row && active.column === column}
                onPress={() => setActive({ row, column })}
                onOpen={() => enter(row)}
              />
            ))}
          </div>
        ))}
      </div>
      {state.head?.rows === 0 && (
        <p className="table-none">{state.where.length > 0 ? words.noRowsLeft : words.noRows}</p>
      )}
    </div>
  );
}

interface CellProps {
  readonly id: string;
  readonly column: number;
  /** null: nothing is there; undefined: it has not come yet. */
  readonly text: string | null | undefined;
  readonly numeric: boolean;
  readonly active: boolean;
  readonly onPress: () => void;
  readonly onOpen: () => void;
}

const DIGITS = 8;

/** A long fraction as it fits; the tooltip and a copy have all of it. */
function brief(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= DIGITS + 4 || !text.includes(".")) return text;
  const value = Number(text);
  return Number.isFinite(value) ? String(Number(value.toPrecision(DIGITS))) : text;
}

const Cell = memo(
  function Cell({ id, column, text, numeric, active, onPress, onOpen }: CellProps) {
    const look = `table-cell ${numeric ? "numeric tabular" : ""} ${active ? "active" : ""} ${text === null ? "missing" : ""}`;
    return (
      <span
        id={id}
        role="gridcell"
        aria-colindex={column + 2}
        aria-selected={active}
        className={look}
        style={{ left: INDEX_PX + column * COLUMN_PX }}
        title={text ?? undefined}
        onPointerDown={onPress}
        onDoubleClick={onOpen}
      >
        {text === null ? words.missing : numeric ? brief(text) : text}
      </span>
    );
  },
  (one, other) =>
    one.text === other.text && one.active === other.active && one.numeric === other.numeric && one.id === other.id,
);

interface HeadProps {
  readonly source: TableSource;
  readonly sort: Sort | null;
  readonly sorts: boolean;
  readonly columns: readonly number[];
  readonly onFilter: (column: number) => void;
}

/** Up, down, and as it was. */
function nextSort(sort: Sort | null, column: number): Sort | null {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}

function Head({ source, sort, sorts, columns, onFilter }: HeadProps) {
  return (
    <div role="row" aria-rowindex={1} className="table-head">
      <span role="columnheader" className="table-corner" />
      {columns.map((column) => {
        const head = source.column(column);
        if (head === undefined) return null;
        const sorted = sort?.column === column ? sort : null;
        const direction = sorted === null ? "none" : sorted.descending ? "descending" : "ascending";
        return (
          <span
            key={column}
            role="columnheader"
            aria-colindex={column + 2}
            aria-sort={direction}
            className="table-column"
            style={{ left: INDEX_PX + column * COLUMN_PX }}
          >
            <button
              type="button"
              className="table-sort"
              disabled={!sorts}
              title={sorts ? words.sort(head.name) : head.name}
              onClick={() => source.sortBy(nextSort(sort, column))}
            >
              <span className="table-name">
                {head.name}
                {sorted !== null && (sorted.descending ? <ArrowDown aria-hidden /> : <ArrowUp aria-hidden />)}
              </span>
              <span className="meta">{head.type}</span>
            </button>
            {sorts && <IconButton icon={ListFilter} label={words.filter(head.name)} onClick={() => onFilter(column)} />}
          </span>
        );
      })}
    </div>
  );
}
