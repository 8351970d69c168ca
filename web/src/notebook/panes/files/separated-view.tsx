/** A file of separated values as a table to look through, to sort and to filter; what is in it is changed as text. */
import { useMemo } from "react";

import { count } from "../../../ui/format";
import { strings } from "../../../words";
import { type Separated, readSeparated } from "../../model/csv";
import { endingOf } from "../../model/file-names";
import type { Table } from "../../outputs/table/parse";
import { TableOutput } from "../../outputs/table/table-output";

const words = strings.runtimeFiles.separated;
const PER_PAGE = 100;

interface SeparatedViewProps {
  readonly name: string;
  readonly text: string;
  readonly onText: () => void;
}

export default function SeparatedView({ name, text, onText }: SeparatedViewProps) {
  const read = useMemo(() => readSeparated(text, endingOf(name) === "tsv" ? "\t" : undefined), [name, text]);
  const table = useMemo(() => tableOf(read), [read]);
  return (
    <div className="separated-view">
      {read.cut && <p className="meta">{words.cut(count(table.rows.length))}</p>}
      <TableOutput table={table} shown={null} perPage={PER_PAGE} plain={words.text} onPlain={onText} />
    </div>
  );
}

/** As wide as its widest line; rows are numbered as pandas would. */
function tableOf({ head, rows }: Separated): Table {
  const width = rows.reduce((most, row) => Math.max(most, row.length), head.length);
  const columns = Array.from({ length: width }, (_, at) => at);
  return {
    indexNames: [""],
    columnNames: [""],
    columns: columns.map((at) => [head[at] ?? ""]),
    rows: rows.map((row, number) => ({ index: [String(number)], cells: columns.map((at) => row[at] ?? "") })),
    shape: null,
    cutRow: null,
    cutColumn: null,
  };
}
