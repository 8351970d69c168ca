/** A table of any length: only the rows near the viewport are drawn. On a phone columns give way, and rows have two lines. */
import "./table.css";

import { type ReactNode, useContext, useMemo, useRef } from "react";

import { Scroller } from "../panel/panel";
import { useMedia } from "../ui/hooks";
import { Rows } from "../ui/rows";
import { useWindow } from "../ui/use-window";

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  /** The title is for screen readers alone. */
  readonly quiet?: boolean;
  /** Stays on a phone. */
  readonly narrow?: boolean;
  readonly number?: boolean;
  readonly width?: string;
  readonly cell: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
}

/** All rows are of one height (table.css). */
const ROW = { wide: 52, narrow: 64 } as const;

export function Table<Row>({ label, columns, rows, rowKey }: TableProps<Row>) {
  const narrow = useMedia("(max-width: 720px)");
  const scroller = useContext(Scroller);
  const body = useRef<HTMLTableSectionElement>(null);
  const rowHeight = narrow ? ROW.narrow : ROW.wide;
  const lines = useMemo(() => new Rows(rows.length, rowHeight, []), [rows.length, rowHeight]);
  const { first, end } = useWindow({ scroller, body, rows: lines });
  const shown = columns.filter((column) => !narrow || column.narrow);
  return (
    <table className="admin-table" aria-label={label} aria-rowcount={rows.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
          {shown.map(({ key, title, quiet = false, number = false, width }, at) => (
            <th
              key={key}
              scope="col"
              className={number ? "number" : ""}
              {...(width !== undefined && (!narrow || at > 0) && { style: { width } })}
            >
              <span className={quiet ? "visually-hidden" : ""}>{title}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        <Room rows={first} height={rowHeight} columns={shown.length} />
        {rows.slice(first, end).map((row, at) => (
          <tr key={rowKey(row)} aria-rowindex={first + at + 2} style={{ height: rowHeight }}>
            {shown.map(({ key, number = false, cell }) => (
              <td key={key} className={number ? "number tabular" : ""}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
        <Room rows={rows.length - end} height={rowHeight} columns={shown.length} />
      </tbody>
    </table>
  );
}

/** Stands for rows that are not drawn. */
function Room({ rows, height, columns }: { readonly rows: number; readonly height: number; readonly columns: number }) {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden className="room" style={{ height: rows * height }}>
      <td colSpan={columns} />
    </tr>
  );
}
