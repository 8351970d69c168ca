/** A DataFrame as a table to work with: what pandas printed of it, or the whole of it from the kernel. */
import "./table.css";

import { ChevronLeft, ChevronRight, Copy, Search } from "lucide-react";
import { useMemo, useState } from "react";

import { Button, IconButton } from "../../../ui/button";
import { count } from "../../../ui/format";
import { Menu } from "../../../ui/menu";
import { strings } from "../../../words";
import { LIMITS, type Shown } from "../../../wire/types";
import { useController } from "../../context";
import { copyText } from "../copy";
import { FULL_COLUMNS } from "./full";
import { Grid } from "./grid";
import { columnKinds, type Filter, filtered, type SortBy, sorted } from "./rows";
import type { Table } from "./parse";
import { tableText } from "./text";
import { type FullState, useFull } from "./use-full";

const words = strings.table;
const PAGE_ROWS = [10, 25, 50, 100] as const;

interface TableProps {
  readonly table: Table;
  /** What shows the frame in the kernel; null when the kernel cannot be asked. */
  readonly shown: Shown | null;
  readonly perPage?: (typeof PAGE_ROWS)[number];
  /** What the other way to see it is called. */
  readonly plain?: string;
  readonly onPlain: () => void;
}

interface Choice {
  readonly sort: SortBy | null;
  readonly filter: Filter;
  readonly page: number;
  readonly perPage: number;
  readonly firstColumn: number;
}

const FIRST = { sort: null, filter: { column: null, text: "" }, page: 0, firstColumn: 0 };

export function TableOutput({
  table,
  shown,
  perPage: atFirst = LIMITS.TABLE_ROWS,
  plain = words.plain,
  onPlain,
}: TableProps) {
  const [choice, setChoice] = useState<Choice>({ ...FIRST, perPage: atFirst });
  const [wantsFull, setWantsFull] = useState(false);
  const { page, perPage, sort, filter, firstColumn } = choice;
  const query = { start: page * perPage, count: perPage, firstColumn, sort, filter };
  const full = useFull(wantsFull ? shown : null, query);
  const printed = usePrinted(table, sort, filter);
  const start = page * perPage;
  const view =
    full?.view == null
      ? { table, rows: printed.slice(start, start + perPage), total: printed.length, offset: 0 }
      : { table: full.view.table, rows: full.view.table.rows, total: full.view.rows, offset: full.view.firstColumn };
  const change = (part: Partial<Choice>) => setChoice({ ...choice, page: 0, ...part });
  const kinds = useMemo(() => columnKinds(view.table), [view.table]);
  return (
    <div className="table-output">
      <Tools
        table={view.table}
        rows={view.rows}
        choice={choice}
        offset={view.offset}
        change={change}
        plain={plain}
        onPlain={onPlain}
      />
      <Grid
        table={view.table}
        kinds={kinds}
        rows={view.rows}
        sort={sort}
        offset={view.offset}
        cutColumn={full?.view == null ? table.cutColumn : null}
        cutRow={full?.view == null && sort === null && filter.text === "" ? cutIn(table, start, perPage) : null}
        onSort={(column) => change({ sort: nextSort(sort, column) })}
      />
      <div className="table-foot">
        <Pages choice={choice} total={view.total} setChoice={setChoice} />
        {full?.view != null && full.view.columns > FULL_COLUMNS && (
          <Columns
            first={firstColumn}
            total={full.view.columns}
            go={(first) => setChoice({ ...choice, firstColumn: first })}
          />
        )}
        <Extent
          table={table}
          shown={shown}
          full={full}
          wantsFull={wantsFull}
          onFull={(wants) => {
            setWantsFull(wants);
            setChoice({ ...FIRST, perPage });
          }}
        />
      </div>
    </div>
  );
}

function usePrinted(table: Table, sort: SortBy | null, filter: Filter) {
  return useMemo(() => {
    const kept = filtered(table.rows, filter);
    return sort === null ? kept : sorted(kept, sort);
  }, [table, sort, filter]);
}

/** The line of the page before which pandas left rows out. */
function cutIn({ cutRow }: Table, start: number, perPage: number): number | null {
  return cutRow !== null && cutRow >= start && cutRow < start + perPage ? cutRow - start : null;
}

/** Up, down, as it was. */
function nextSort(sort: SortBy | null, column: number): SortBy | null {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}

interface ToolsProps {
  readonly table: Table;
  readonly rows: Table["rows"];
  readonly choice: Choice;
  readonly offset: number;
  readonly change: (part: Partial<Choice>) => void;
  readonly plain: string;
  readonly onPlain: () => void;
}

function Tools({ table, rows, choice, offset, change, plain, onPlain }: ToolsProps) {
  const { toasts } = useController();
  const { filter } = choice;
  const forms = (["tsv", "csv", "markdown"] as const).map((form) => ({
    id: form,
    title: words.copyAs[form],
    run: () => void copyText(toasts, tableText(table, form === "markdown" ? rows : allOf(table, rows), form)),
  }));
  return (
    <div className="table-tools" role="toolbar" aria-label={words.tools}>
      <Search aria-hidden />
      <input
        className="field"
        type="search"
        aria-label={words.filter}
        placeholder={words.filter}
        value={filter.text}
        onChange={(event) => change({ filter: { ...filter, text: event.target.value } })}
      />
      <select
        className="field"
        aria-label={words.filterColumn}
        value={filter.column ?? "any"}
        onChange={(event) => {
          const { value } = event.target;
          change({ filter: { ...filter, column: value === "any" ? null : Number(value) } });
        }}
      >
        <option value="any">{words.anyColumn}</option>
        {table.columns.map((path, at) => (
          <option key={at} value={at + offset}>
            {path.join(" / ")}
          </option>
        ))}
      </select>
      <span className="table-space" />
      <Menu label={words.copy} icon={Copy} groups={[forms]} />
      <Button onClick={onPlain}>{plain}</Button>
    </div>
  );
}

/** What a person filtered or paged is what they see; without either it is the whole that is here. */
const allOf = (table: Table, rows: Table["rows"]) => (rows.length < table.rows.length ? table.rows : rows);

interface PagesProps {
  readonly choice: Choice;
  readonly total: number;
  readonly setChoice: (choice: Choice) => void;
}

function Pages({ choice, total, setChoice }: PagesProps) {
  const { page, perPage } = choice;
  if (total <= PAGE_ROWS[0])
    return (
      <span className="meta" role="status">
        {words.rows(total)}
      </span>
    );
  const last = Math.max(0, Math.ceil(total / perPage) - 1);
  const from = total === 0 ? 0 : page * perPage + 1;
  return (
    <div className="table-pages">
      <IconButton
        icon={ChevronLeft}
        label={words.previousRows}
        disabled={page === 0}
        onClick={() => setChoice({ ...choice, page: page - 1 })}
      />
      <span className="meta" role="status">
        {words.range(count(from), count(Math.min(total, (page + 1) * perPage)), count(total))}
      </span>
      <IconButton
        icon={ChevronRight}
        label={words.nextRows}
        disabled={page >= last}
        onClick={() => setChoice({ ...choice, page: page + 1 })}
      />
      <select
        className="field"
        aria-label={words.rowsPerPage}
        value={perPage}
        onChange={(event) => setChoice({ ...choice, page: 0, perPage: Number(event.target.value) })}
      >
        {PAGE_ROWS.map((rows) => (
          <option key={rows} value={rows}>
            {words.perPage(rows)}
          </option>
        ))}
      </select>
    </div>
  );
}

function Columns({
  first,
  total,
  go,
}: {
  readonly first: number;
  readonly total: number;
  readonly go: (first: number) => void;
}) {
  const end = Math.min(total, first + FULL_COLUMNS);
  return (
    <div className="table-pages">
      <IconButton
        icon={ChevronLeft}
        label={words.previousColumns}
        disabled={first === 0}
        onClick={() => go(Math.max(0, first - FULL_COLUMNS))}
      />
      <span className="meta">{words.columnRange(count(first + 1), count(end), count(total))}</span>
      <IconButton
        icon={ChevronRight}
        label={words.nextColumns}
        disabled={end >= total}
        onClick={() => go(first + FULL_COLUMNS)}
      />
    </div>
  );
}

interface ExtentProps {
  readonly table: Table;
  readonly shown: Shown | null;
  readonly full: FullState | null;
  readonly wantsFull: boolean;
  readonly onFull: (wants: boolean) => void;
}

/** How much of the frame this is, and the way to the rest. */
function Extent({ table, shown, full, wantsFull, onFull }: ExtentProps) {
  const { shape, rows, columns, cutRow, cutColumn } = table;
  if (wantsFull && full?.problem != null) {
    return (
      <p className="meta" role="alert">
        {words.notFull(full.problem.title, full.problem.detail)}{" "}
        <Button onClick={() => onFull(false)}>{words.asPrinted}</Button>
      </p>
    );
  }
  if (wantsFull) {
    const said =
      full?.view == null ? words.asking : full.view.variable === "" ? words.inFull : words.now(full.view.variable);
    return (
      <p className="meta" role="status">
        {said} <Button onClick={() => onFull(false)}>{words.asPrinted}</Button>
      </p>
    );
  }
  if (shape === null || (cutRow === null && cutColumn === null)) return null;
  return (
    <p className="meta">
      {words.cut(count(rows.length), count(shape.rows), count(columns.length), count(shape.columns))}{" "}
      {shown !== null && (
        <Button look="outlined" onClick={() => onFull(true)}>
          {words.showAll}
        </Button>
      )}
    </p>
  );
}
