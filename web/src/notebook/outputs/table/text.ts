/** A table as text that other programs take. Pure. */
import type { Table, TableRow } from "./parse";

export type TableForm = "tsv" | "csv" | "markdown";

/** Head and rows as lines of fields, the index first. */
function linesOf(
  { indexNames, columns, columnNames }: Pick<Table, "indexNames" | "columns" | "columnNames">,
  rows: readonly TableRow[],
) {
  const levels = Math.max(1, columnNames.length);
  const head = Array.from({ length: levels }, (_, level) => [
    ...indexNames.map((name, at) => {
      if (level === levels - 1 && name !== "") return name;
      return at === indexNames.length - 1 ? (columnNames[level] ?? "") : "";
    }),
    ...columns.map((path) => path[level] ?? ""),
  ]);
  return { head, body: rows.map(({ index, cells }) => [...index, ...cells]) };
}

export function tableText(
  table: Pick<Table, "indexNames" | "columns" | "columnNames">,
  rows: readonly TableRow[],
  form: TableForm,
): string {
  const { head, body } = linesOf(table, rows);
  if (form === "markdown") {
    const names = (head[0] ?? []).map((_, at) =>
      [...new Set(head.map((line) => line[at] ?? ""))].filter(Boolean).join(" "),
    );
    const line = (fields: readonly string[]) => `| ${fields.map(markdownField).join(" | ")} |`;
    return [line(names), `|${names.map(() => " --- ").join("|")}|`, ...body.map(line)].join("\n");
  }
  const [separator, field] = form === "tsv" ? (["\t", tsvField] as const) : ([",", csvField] as const);
  return [...head, ...body].map((fields) => fields.map(field).join(separator)).join("\n");
}

const tsvField = (text: string): string => text.replace(/[\t\r\n]+/g, " ");
const csvField = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
const markdownField = (text: string): string => text.replace(/[\r\n]+/g, " ").replace(/[\\|`*_<]/g, "\\$&");
