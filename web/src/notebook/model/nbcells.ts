/**
 * Cells as nbformat 4.5 JSON, as they stand on the clipboard and in exports. Pure.
 *
 * What is read may be anything that a clipboard holds: only what is a cell is taken, and only fields that a document has.
 */
import type { CellFacts, CellType } from "../../doc/layout";
import type { Fields, NewCell } from "../../doc/notebook-doc";
import type { CellOutputs, Output } from "../../wire/types";

export interface NbCell {
  readonly id: string;
  readonly cell_type: CellType;
  readonly metadata: Fields;
  readonly source: string;
  readonly attachments?: unknown;
  readonly outputs?: readonly unknown[];
  readonly execution_count?: number | null;
}

export interface NbNotebook {
  readonly cells: readonly NbCell[];
  readonly metadata: Fields;
  readonly nbformat: 4;
  readonly nbformat_minor: 5;
}

/** A cell with those of its outputs that are at hand here. */
export function nbCell(cell: CellFacts, meta: Fields, attachments: Fields, outputs: CellOutputs | null): NbCell {
  return {
    id: cell.id,
    cell_type: cell.type,
    metadata: meta,
    source: cell.source.toJSON(),
    ...(Object.keys(attachments).length > 0 && { attachments }),
    ...(cell.type === "code" && {
      outputs: (outputs?.outputs ?? []).flatMap((output) => nbOutput(output) ?? []),
      execution_count: outputs?.execution_count ?? null,
    }),
  };
}

/** null for an output that is not whole here (a large value that was not fetched), and for what is no output. */
function nbOutput(output: Output): unknown {
  switch (output.t) {
    case "stream":
      if (output.omitted > 0) return null;
      return { output_type: "stream", name: output.name, text: output.text + output.text_end + output.tail };
    case "error":
      return { output_type: "error", ename: output.ename, evalue: output.evalue, traceback: output.traceback };
    case "display": {
      const whole = Object.entries(output.data).flatMap(([type, value]) =>
        value.t === "inline" ? [[type, value.value] as const] : [],
      );
      if (whole.length === 0) return null;
      const { metadata } = output;
      const data = Object.fromEntries(whole);
      return output.result
        ? { output_type: "execute_result", data, metadata, execution_count: output.execution_count }
        : { output_type: "display_data", data, metadata };
    }
    case "cut":
      return null;
  }
}

export function nbNotebook(cells: readonly NbCell[], metadata: Fields = {}): NbNotebook {
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

const TYPES: readonly unknown[] = ["code", "markdown", "raw"] satisfies readonly CellType[];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** nbformat writes a source as one text or as a list of lines. */
function sourceOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  return Array.isArray(value) && value.every((line) => typeof line === "string") ? value.join("") : null;
}

function readCell(value: unknown, idOf: (id: unknown) => string): NewCell | null {
  if (!isObject(value) || !TYPES.includes(value["cell_type"])) return null;
  const source = sourceOf(value["source"]);
  if (source === null) return null;
  const { metadata, attachments } = value;
  return {
    id: idOf(value["id"]),
    parts: {
      type: value["cell_type"] as CellType,
      source,
      meta: isObject(metadata) ? metadata : {},
      ...(isObject(attachments) && { attachments }),
    },
  };
}

/** The cells of a text that is a notebook, a list of cells, or one cell; null when it is none of these. */
export function readCells(text: string, idOf: (id: unknown) => string): readonly NewCell[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const listed = isObject(value) && Array.isArray(value["cells"]) ? (value["cells"] as unknown[]) : value;
  const candidates: readonly unknown[] = Array.isArray(listed) ? (listed as unknown[]) : [listed];
  const cells = candidates.flatMap((candidate) => readCell(candidate, idOf) ?? []);
  return cells.length === 0 ? null : cells;
}
