/**
 * Decides which representation of an output is shown, and whether the page shows it or the cell's sandboxed frame. Pure.
 *
 * A kind of output is one row of KINDS. `page`: drawn by the page as data. `frame`: markup and scripts that are not
 * trusted, drawn in the frame.
 */
import type { DisplayOutput, MimeValue, Output } from "../../wire/types";

export const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";
export const BOKEH_LOAD = "application/vnd.bokehjs_load.v0+json";
export const BOKEH_EXEC = "application/vnd.bokehjs_exec.v0+json";

export type Place = "page" | "frame";

interface Kind {
  readonly type: RegExp;
  readonly place: Place;
}

/** Richest first, as Jupyter orders them. A type that is in no row is shown as text, after `text/plain`. */
const KINDS: readonly Kind[] = [
  { type: /^application\/vnd\.jupyter\.widget-view\+json$/, place: "frame" },
  { type: /^application\/vnd\.bokehjs_(load|exec)\.v0\+json$/, place: "frame" },
  { type: /^application\/vnd\.vegalite\.v\d+(\.\d+)*\+json$/, place: "frame" },
  { type: /^application\/vnd\.vega\.v\d+(\.\d+)*\+json$/, place: "frame" },
  { type: /^application\/vnd\.plotly\.v1\+json$/, place: "frame" },
  { type: /^text\/html$/, place: "frame" },
  { type: /^(application|text)\/javascript$/, place: "frame" },
  { type: /^application\/pdf$/, place: "page" },
  { type: /^(audio|video)\/[\w.+-]+$/, place: "page" },
  { type: /^text\/markdown$/, place: "page" },
  // Only ever as an <img>: no script, no link and no request of it lives there.
  { type: /^image\/svg\+xml$/, place: "page" },
  { type: /^text\/latex$/, place: "page" },
  { type: /^image\/(png|jpeg|gif|webp|bmp|avif)$/, place: "page" },
  { type: /^application\/(geo\+)?json$/, place: "page" },
  { type: /^text\/(csv|tab-separated-values)$/, place: "page" },
  { type: /^text\/plain$/, place: "page" },
];

export interface Chosen {
  readonly type: string;
  readonly value: MimeValue;
  readonly place: Place;
}

/** Of these types the one to show. */
export function chooseType(types: readonly string[]): { readonly type: string; readonly place: Place } | null {
  for (const { type: pattern, place } of KINDS) {
    const type = types.find((name) => pattern.test(name));
    if (type !== undefined) return { type, place };
  }
  const [other] = types;
  return other === undefined ? null : { type: other, place: "page" };
}

/** The representation to show; null when there is none. */
export function choose({ data }: DisplayOutput): Chosen | null {
  const chosen = chooseType(Object.keys(data));
  const value = chosen === null ? undefined : data[chosen.type];
  return chosen === null || value === undefined ? null : { ...chosen, value };
}

export interface OutputPlan {
  readonly before: readonly Output[];
  /** One frame for the cell, from its first framed output to its last: what lies between is shown in it too. */
  readonly framed: readonly Output[];
  readonly after: readonly Output[];
}

/** `asData`: ids of outputs whose markup the page has read as data and shows by itself (tables). */
export function planOutputs(outputs: readonly Output[], asData: ReadonlySet<string> = new Set()): OutputPlan {
  const isFramed = (output: Output) =>
    output.t === "display" && choose(output)?.place === "frame" && !asData.has(output.id);
  const first = outputs.findIndex(isFramed);
  if (first === -1) return { before: outputs, framed: [], after: [] };
  const end = outputs.findLastIndex(isFramed) + 1;
  return { before: outputs.slice(0, first), framed: outputs.slice(first, end), after: outputs.slice(end) };
}
