/** The cells of a table: a sticky head and index, columns that sort and can be made wider. Shows data, decides nothing. */
import { ArrowDown, ArrowUp } from "lucide-react";
import { Fragment, type KeyboardEvent, type PointerEvent, useRef, useState } from "react";

import { strings } from "../../../words";
import type { Table, TableRow } from "./parse";
import { type ColumnKind, isMissing, type SortBy } from "./rows";

const words = strings.table;
const NARROWEST_PX = 48;
const STEP_PX = 16;

interface GridProps {
  readonly table: Table;
  readonly kinds: readonly ColumnKind[];
  readonly rows: readonly TableRow[];
  readonly sort: SortBy | null;
  /** The number of the first column in the whole frame. */
  readonly offset: number;
  readonly cutColumn: number | null;
  readonly cutRow: number | null;
  readonly onSort: (column: number) => void;
}

export function Grid({ table, kinds, rows, sort, offset, cutColumn, cutRow, onSort }: GridProps) {
  const [widths, setWidths] = useState<ReadonlyMap<number, number>>(new Map());
  const resize = (column: number, width: number) =>
    setWidths(new Map(widths).set(column, Math.max(NARROWEST_PX, width)));
  const levels = Math.max(1, table.columnNames.length);
  const gap = (at: number, cell: string) => cutColumn === at && <td className="table-gap">{cell}</td>;
  return (
    <div className="table-scroll" tabIndex={0} data-scrolls role="group" aria-label={words.label}>
      <table className="data-table">
        <thead>
          {Array.from({ length: levels - 1 }, (_, level) => (
            <HeadLevel key={level} table={table} level={level} cutColumn={cutColumn} />
          ))}
          <tr>
            {table.indexNames.map((name, at) => (
              <IndexHead
                key={at}
                name={name === "" && at === table.indexNames.length - 1 ? (table.columnNames.at(-1) ?? "") : name}
                first={at === 0}
                sort={sort}
                onSort={onSort}
              />
            ))}
            {table.columns.map((path, at) => (
              <Fragment key={at}>
                {gap(at, "\u2026")}
                <ColumnHead
                  name={path.at(-1) ?? ""}
                  label={path.join(" / ")}
                  column={at + offset}
                  kind={kinds[at] ?? "text"}
                  sort={sort}
                  width={widths.get(at + offset)}
                  onSort={onSort}
                  onResize={resize}
                />
              </Fragment>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <Fragment key={at}>
              {cutRow === at && <CutRow width={row.index.length + row.cells.length + (cutColumn === null ? 0 : 1)} />}
              <tr>
                {row.index.map((label, level) => (
                  <th key={level} scope="row" className={level === 0 ? "table-first" : undefined}>
                    {label}
                  </th>
                ))}
                {row.cells.map((text, column) => (
                  <Fragment key={column}>
                    {gap(column, "\u2026")}
                    <td className={`${kinds[column] ?? "text"} ${isMissing(text) ? "missing" : ""}`}>{text}</td>
                  </Fragment>
                ))}
              </tr>
            </Fragment>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className="table-none meta">{words.noRows}</p>}
    </div>
  );
}

function CutRow({ width }: { readonly width: number }) {
  return (
    <tr className="table-cut">
      <td colSpan={width}>{"\u2026"}</td>
    </tr>
  );
}

/** A level above the last: equal labels side by side are one cell. */
function HeadLevel({ table, level, cutColumn }: Pick<GridProps, "table" | "cutColumn"> & { readonly level: number }) {
  const groups: { label: string; size: number }[] = [];
  table.columns.forEach((path, at) => {
    const label = path[level] ?? "";
    const last = groups.at(-1);
    const outer = table.columns[at - 1]?.slice(0, level).join("\u0000");
    const size = cutColumn === at ? 2 : 1;
    if (last?.label === label && outer === path.slice(0, level).join("\u0000")) last.size += size;
    else groups.push({ label, size });
  });
  return (
    <tr>
      {table.indexNames.map((_, at) => (
        <th key={at} scope="col" className={at === 0 ? "table-first" : undefined}>
          {at === table.indexNames.length - 1 ? table.columnNames[level] : ""}
        </th>
      ))}
      {groups.map(({ label, size }, at) => (
        <th key={at} scope="colgroup" colSpan={size} className="table-group">
          {label}
        </th>
      ))}
    </tr>
  );
}

interface HeadProps {
  readonly sort: SortBy | null;
  readonly onSort: (column: number) => void;
}

const sortedBy = (sort: SortBy | null, column: number) =>
  sort?.column !== column ? "none" : sort.descending ? "descending" : "ascending";

function SortMark({ sort, column }: { readonly sort: SortBy | null; readonly column: number }) {
  if (sort?.column !== column) return null;
  return sort.descending ? <ArrowDown aria-hidden /> : <ArrowUp aria-hidden />;
}

function IndexHead({ name, first, sort, onSort }: HeadProps & { readonly name: string; readonly first: boolean }) {
  return (
    <th scope="col" className={first ? "table-first" : undefined} aria-sort={first ? sortedBy(sort, -1) : "none"}>
      {first ? (
        <button
          type="button"
          className="table-sort"
          title={words.sortIndex}
          aria-label={words.sortIndex}
          onClick={() => onSort(-1)}
        >
          {name}
          <SortMark sort={sort} column={-1} />
        </button>
      ) : (
        name
      )}
    </th>
  );
}

interface ColumnHeadProps extends HeadProps {
  readonly name: string;
  readonly label: string;
  readonly column: number;
  readonly kind: ColumnKind;
  readonly width: number | undefined;
  readonly onResize: (column: number, width: number) => void;
}

function ColumnHead({ name, label, column, kind, sort, width, onSort, onResize }: ColumnHeadProps) {
  const head = useRef<HTMLTableCellElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.shiftKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    event.preventDefault();
    event.stopPropagation();
    onResize(column, (head.current?.offsetWidth ?? 0) + (event.key === "ArrowLeft" ? -STEP_PX : STEP_PX));
  };
  const fixed = width === undefined ? undefined : { width, minWidth: width, maxWidth: width };
  return (
    <th ref={head} scope="col" className={kind} aria-sort={sortedBy(sort, column)} style={fixed}>
      <button
        type="button"
        className="table-sort"
        title={words.sortBy(label)}
        onClick={() => onSort(column)}
        onKeyDown={onKeyDown}
      >
        {name}
        <SortMark sort={sort} column={column} />
      </button>
      <Resizer width={() => head.current?.offsetWidth ?? 0} onResize={(to) => onResize(column, to)} />
    </th>
  );
}

interface ResizerProps {
  readonly width: () => number;
  readonly onResize: (width: number) => void;
}

/** For the pointer; by keyboard the head itself takes Shift with the arrows. */
function Resizer({ width, onResize }: ResizerProps) {
  const from = useRef<{ readonly x: number; readonly width: number } | null>(null);
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width: width() };
  };
  const onPointerMove = (event: PointerEvent) => {
    if (from.current !== null) onResize(from.current.width + event.clientX - from.current.x);
  };
  const onEnd = () => {
    from.current = null;
  };
  return (
    <span
      className="table-resize"
      aria-hidden
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onEnd}
      onPointerCancel={onEnd}
    />
  );
}
