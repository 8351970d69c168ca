/** Follows what is wanted of the whole frame, page by page. What was shown stays until the next page has come. */
import { useEffect, useState } from "react";

import type { Problem, Shown, TableView } from "../../../wire/types";
import { useController } from "../../context";
import { fullPage, type FullQuery } from "./full";
import type { Table } from "./parse";

export interface FullView {
  readonly table: Table;
  /** Rows that the filter leaves, and columns of the frame. */
  readonly rows: number;
  readonly columns: number;
  readonly firstColumn: number;
  /** The variable that this is the present value of; "" when it is what the output showed. */
  readonly variable: string;
}

export interface FullState {
  readonly view: FullView | null;
  readonly problem: Problem | null;
}

const EMPTY: FullState = { view: null, problem: null };

/** A table as one that was printed, so that one grid shows both. */
export function asTable({ labels, columns }: TableView): Table {
  return {
    indexNames: [""],
    columnNames: [""],
    columns: columns.map(({ name }) => [name]),
    rows: labels.map((label, at) => ({ index: [label], cells: columns.map(({ texts }) => texts[at] ?? "NaN") })),
    shape: null,
    cutRow: null,
    cutColumn: null,
  };
}

export function useFull(of: Shown | null, query: FullQuery): FullState | null {
  const { session } = useController();
  const [state, setState] = useState(EMPTY);
  const { start, count, firstColumn, sort, filter } = query;
  const wanted = of === null ? null : JSON.stringify([of, start, count, firstColumn, sort, filter]);
  useEffect(() => {
    if (wanted === null || of === null) return;
    let current = true;
    const ask = session.ask.bind(session);
    void fullPage(ask, of, { start, count, firstColumn, sort, filter }).then((answer) => {
      if (!current || answer.t === "superseded") return;
      if (answer.t === "refused") return setState((old) => ({ ...old, problem: answer.problem }));
      const { view } = answer;
      const variable = view.found === "variable" ? view.name : "";
      const shown = { rows: view.rows, columns: view.total_columns, firstColumn: view.first_column, variable };
      setState({ view: { table: asTable(view), ...shown }, problem: null });
    });
    return () => {
      current = false;
    };
    // `wanted` says all that it depends on.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [session, wanted]);
  return of === null ? null : state;
}
