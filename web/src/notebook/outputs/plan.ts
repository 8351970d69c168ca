/** Decides how the outputs of a cell are shown. Pure. */
import type { DisplayOutput, MimeValue, Output } from "../../wire/types";

/** Richest first, as Jupyter orders them. */
const ORDER = [
  "text/html",
  "application/javascript",
  "text/markdown",
  "image/svg+xml",
  "text/latex",
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "application/json",
  "text/plain",
] as const;

export type ShownType = (typeof ORDER)[number];

const FRAMED: ReadonlySet<string> = new Set<ShownType>(["text/html", "application/javascript", "image/svg+xml"]);

export interface Chosen {
  readonly type: string;
  readonly value: MimeValue;
}

/** The representation to show; one that we do not know by name is shown as text when there is some. */
export function choose({ data }: DisplayOutput): Chosen | null {
  for (const type of ORDER) {
    const value = data[type];
    if (value !== undefined) return { type, value };
  }
  const [other] = Object.entries(data);
  return other === undefined ? null : { type: other[0], value: other[1] };
}

/** Untrusted markup and scripts; everything else the page itself shows as data. */
export function isFramed(output: Output): boolean {
  return output.t === "display" && FRAMED.has(choose(output)?.type ?? "");
}

export interface OutputPlan {
  readonly before: readonly Output[];
  /** One frame for the cell, from its first framed output to its last: what lies between is shown in it too. */
  readonly framed: readonly Output[];
  readonly after: readonly Output[];
}

export function planOutputs(outputs: readonly Output[]): OutputPlan {
  const first = outputs.findIndex(isFramed);
  if (first === -1) return { before: outputs, framed: [], after: [] };
  const end = outputs.findLastIndex(isFramed) + 1;
  return { before: outputs.slice(0, first), framed: outputs.slice(first, end), after: outputs.slice(end) };
}
