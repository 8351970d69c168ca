/**
 * A notebook as one HTML file that stands for itself: no style and no picture from elsewhere, and no script but the one that
 * gives frames their height. Made from the .ipynb, so with all outputs in full. Loaded when it is wanted.
 *
 * Whoever opens the file trusts it no more than the notebook: text goes in as text, Markdown and HTML through the sanitiser
 * of the page, and HTML that has a script into a frame of an opaque origin (`sandbox`, without `allow-same-origin`).
 */
import { strings } from "../../words";
import styles from "./export.css?inline";
import { HEIGHTS } from "./frames";
import { codeHtml, markdownHtml } from "./markdown";
import { outputsHtml } from "./outputs";
import { escapeHtml } from "./text";
import { type Models, modelsOf } from "./widgets";

interface Cell {
  readonly cell_type?: unknown;
  readonly source?: unknown;
  readonly attachments?: unknown;
  readonly outputs?: unknown;
  readonly execution_count?: unknown;
}

/** nbformat writes a text as one string or as a list of lines. */
const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(String).join("") : typeof value === "string" ? value : "";

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

interface Surroundings {
  readonly language: string;
  readonly models: Models;
}

async function cellHtml(cell: Cell, index: number, { language, models }: Surroundings): Promise<string> {
  const source = textOf(cell.source);
  if (cell.cell_type === "markdown") {
    return `<section class="cell text">${await markdownHtml(source, fieldsOf(cell.attachments), `c${index}`)}</section>`;
  }
  const kind = cell.cell_type === "code" ? "code" : "raw";
  const count = typeof cell.execution_count === "number" ? String(cell.execution_count) : "";
  const outputs = Array.isArray(cell.outputs) ? await outputsHtml(cell.outputs, `c${index}`, models) : "";
  const inner = kind === "code" ? await codeHtml(source, language) : escapeHtml(source);
  const shown = source.trim() === "" ? "" : `<pre class="source"><code>${inner}</code></pre>`;
  return `<section class="cell ${kind}"><span class="count">${count}</span>${shown}${outputs}</section>`;
}

/** `file`: the text of an .ipynb. */
export async function exportHtml(file: string, name: string): Promise<string> {
  const { cells, metadata } = fieldsOf(JSON.parse(file));
  const { language } = fieldsOf(fieldsOf(metadata)["kernelspec"]);
  const surroundings = { language: typeof language === "string" ? language : "python", models: modelsOf(metadata) };
  const bodies: string[] = [];
  for (const [index, cell] of (Array.isArray(cells) ? cells : []).entries()) {
    bodies.push(await cellHtml(fieldsOf(cell), index, surroundings));
  }
  return [
    `<!doctype html><html lang="${strings.locale}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">`,
    `<meta http-equiv="content-security-policy" content="object-src 'none'; base-uri 'none'; form-action 'none'">`,
    `<meta name="generator" content="${escapeHtml(strings.files.exported(name))}">`,
    `<title>${escapeHtml(name)}</title><style>${styles}</style>${HEIGHTS}</head><body><main>`,
    ...bodies,
    "</main></body></html>",
  ].join("\n");
}
