/** Outputs of the past as they can be shown: what needs what is gone is replaced by what can stand alone. Pure. */
import type { CellOutputs, DisplayOutput, MimeValue, Output } from "../../wire/types";

/** A view of a model that may be another one by now, or none; sound and film, which the page plays from the server alone. */
const NEEDS_MORE = /^(application\/vnd\.jupyter\.widget-view\+json|(audio|video)\/.*)$/;

/** `gone`: the words that stand for what cannot be shown. */
export function pastOutputs({ outputs }: CellOutputs, gone: string): readonly Output[] {
  return outputs.map((output) => (output.t === "display" ? alone(output, gone) : output));
}

function alone(output: DisplayOutput, gone: string): DisplayOutput {
  const entries = Object.entries(output.data);
  const kept = entries.filter(([type]) => !NEEDS_MORE.test(type));
  if (kept.length === entries.length) return output;
  const data: Record<string, MimeValue> = Object.fromEntries(kept);
  return { ...output, data: kept.length > 0 ? data : { "text/plain": { t: "inline", value: gone } } };
}

/** The name of their frame: no cell of the notebook has it, so that the frames of cells stay whose they are. */
export const pastName = (revision: string, cell: string): string => `past ${revision} ${cell}`;
