/** Sorting and filtering of a table's rows by what their texts mean: numbers, moments, truth, text. Pure. */
import type { Table, TableRow } from "./parse";

export type ColumnKind = "number" | "date" | "boolean" | "text";

export interface SortBy {
  /** -1: the index. */
  readonly column: number;
  readonly descending: boolean;
}

export interface Filter {
  /** null: any column, and the index. */
  readonly column: number | null;
  readonly text: string;
}

const MISSING: ReadonlySet<string> = new Set(["", "NaN", "NaT", "None", "<NA>", "nan", "null"]);
const NUMBER = /^[+-]?(?:\d[\d,_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?%?$/i;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

export const isMissing = (text: string): boolean => MISSING.has(text.trim());

export function kindOf(texts: readonly string[]): ColumnKind {
  const values = texts.map((text) => text.trim()).filter((text) => !MISSING.has(text));
  if (values.length === 0) return "text";
  if (values.every((text) => NUMBER.test(text) || INFINITE.test(text))) return "number";
  if (values.every((text) => DATE.test(text))) return "date";
  return values.every((text) => text === "True" || text === "False") ? "boolean" : "text";
}

export function columnKinds({ columns, rows }: Table): readonly ColumnKind[] {
  return columns.map((_, at) => kindOf(rows.map(({ cells }) => cells[at] ?? "")));
}

const textAt = (row: TableRow, column: number): string =>
  column === -1 ? row.index.join("\u0000") : (row.cells[column] ?? "");

function valueOf(text: string, kind: ColumnKind): number | string {
  const plain = text.trim();
  if (kind === "number") {
    if (INFINITE.test(plain)) return plain.startsWith("-") ? -Infinity : Infinity;
    return Number(plain.replace(/[,_%]/g, ""));
  }
  if (kind === "date") return Date.parse(plain.replace(" ", "T")) || 0;
  return kind === "boolean" ? Number(plain === "True") : plain;
}

/** A stable sort; what is missing comes last in either direction. */
export function sorted(rows: readonly TableRow[], { column, descending }: SortBy): readonly TableRow[] {
  const kind = kindOf(rows.map((row) => textAt(row, column)));
  const order = new Intl.Collator(undefined, { numeric: true });
  const keyed = rows.map((row) => {
    const text = textAt(row, column);
    return { row, missing: isMissing(text), value: isMissing(text) ? "" : valueOf(text, kind) };
  });
  const compare = (a: number | string, b: number | string) =>
    typeof a === "number" && typeof b === "number" ? (a < b ? -1 : Number(a > b)) : order.compare(String(a), String(b));
  keyed.sort((a, b) => {
    if (a.missing || b.missing) return Number(a.missing) - Number(b.missing);
    return descending ? compare(b.value, a.value) : compare(a.value, b.value);
  });
  return keyed.map(({ row }) => row);
}

export function filtered(rows: readonly TableRow[], { column, text }: Filter): readonly TableRow[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return rows;
  const has = (value: string) => value.toLowerCase().includes(wanted);
  return rows.filter((row) =>
    column === null ? row.index.some(has) || row.cells.some(has) : has(textAt(row, column)),
  );
}
