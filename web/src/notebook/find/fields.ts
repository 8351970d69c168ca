/** The texts of a notebook that can be searched: sources, and of outputs what this page has. Pure reading. */
import type { NotebookDoc } from "../../doc/notebook-doc";
import { stripAnsi } from "../../runs/ansi";
import type { RunStore } from "../../runs/store";
import type { CellOutputs, DisplayOutput, Output } from "../../wire/types";
import type { Found } from "./match";
import type { Where } from "./query";

export interface Field {
  readonly key: string;
  readonly cell: string;
  readonly part: "source" | "output";
  readonly text: string;
}

export interface Fields {
  readonly fields: readonly Field[];
  /** Cells whose outputs this page has only in part, or not yet. */
  readonly partly: readonly string[];
}

/** One match, with all of its text, for what stands around it. */
export interface Match extends Found {
  readonly cell: string;
  readonly part: Field["part"];
  /** Which match of its text. */
  readonly nth: number;
  readonly text: string;
}

export const LANE = "find";

export function fieldsOf(book: NotebookDoc, runs: RunStore, where: Where, selected: ReadonlySet<string>): Fields {
  const fields: Field[] = [];
  const partly: string[] = [];
  for (const cell of book.order()) {
    const facts = book.cell(cell);
    if (facts === null || (where.onlySelected && !selected.has(cell))) continue;
    if (facts.type === "code" ? where.code : where.text) {
      fields.push({ key: `${LANE}:s:${cell}`, cell, part: "source", text: facts.source.toJSON() });
    }
    const { outputs } = runs.cell(cell);
    if (!where.outputs || outputs === null) continue;
    const text = outputText(outputs);
    if (text !== "") fields.push({ key: `${LANE}:o:${cell}`, cell, part: "output", text });
    if (!isWhole(outputs)) partly.push(cell);
  }
  return { fields, partly };
}

function isWhole({ complete, outputs }: CellOutputs): boolean {
  return complete && !outputs.some((output) => output.t === "stream" && output.omitted > 0);
}

const outputText = ({ outputs }: CellOutputs): string => outputs.map(textOf).filter(Boolean).join("\n");

function textOf(output: Output): string {
  switch (output.t) {
    case "stream": {
      const end = output.text_end + output.tail;
      return stripAnsi(output.omitted > 0 ? `${output.text}\n${end}` : output.text + end);
    }
    case "error":
      return stripAnsi([`${output.ename}: ${output.evalue}`, ...output.traceback].join("\n"));
    case "display":
      return displayText(output);
    case "cut":
      return "";
  }
}

const TEXTS = ["text/markdown", "text/latex", "text/plain"] as const;

/** What a person reads of it, as text; HTML has its plain text beside it. */
function displayText({ data }: DisplayOutput): string {
  for (const type of TEXTS) {
    const value = data[type];
    if (value?.t === "inline" && typeof value.value === "string") return stripAnsi(value.value);
  }
  return "";
}
