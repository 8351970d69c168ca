/** Outputs of an .ipynb as HTML of an exported file: what is data as data, what is markup cleaned or in a frame. */
import { cleanMarkdown } from "../../ui/sanitize";
import { strings } from "../../words";
import { markdownHtml } from "./markdown";
import { frameHtml, scriptHtml } from "./frames";
import { ansiHtml, escapeHtml } from "./text";
import { WIDGET_VIEW } from "../outputs/plan";
import { type Models, widgetHtml } from "./widgets";

const textOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : Array.isArray(value)
      ? value.map(String).join("")
      : JSON.stringify(value, null, 2);

const pre = (name: string, inner: string) => `<pre class="output ${name}">${inner}</pre>`;

/** Richest first, after widgets; what a frame of the page draws by a library (Plotly, Vega) has HTML or text beside it. */
const ORDER = [
  "text/html",
  "image/svg+xml",
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
  "text/markdown",
  "text/latex",
  "application/javascript",
  "application/json",
  "text/plain",
] as const;

/** `text` names the place, so that what is named in Markdown is named once in the file. */
export async function outputsHtml(outputs: readonly unknown[], text: string, models: Models): Promise<string> {
  const made: string[] = [];
  for (const [index, output] of outputs.entries()) made.push(await outputHtml(output, `${text}o${index}`, models));
  return made.length === 0 ? "" : `<div class="outputs">${made.join("")}</div>`;
}

async function outputHtml(output: unknown, text: string, models: Models): Promise<string> {
  if (typeof output !== "object" || output === null) return "";
  const fields = output as Readonly<Record<string, unknown>>;
  switch (fields["output_type"]) {
    case "stream":
      return pre(fields["name"] === "stderr" ? "stderr" : "stdout", ansiHtml(textOf(fields["text"])));
    case "error":
      return pre("error", ansiHtml(errorText(fields)));
    case "display_data":
    case "execute_result":
      return displayHtml(fields["data"], text, models);
    default:
      return "";
  }
}

function errorText({ ename, evalue, traceback }: Readonly<Record<string, unknown>>): string {
  const frames = Array.isArray(traceback) ? traceback.map(String).join("\n") : "";
  return frames === "" ? `${textOf(ename)}: ${textOf(evalue)}` : frames;
}

async function displayHtml(data: unknown, text: string, models: Models): Promise<string> {
  if (typeof data !== "object" || data === null) return "";
  const bundle = data as Readonly<Record<string, unknown>>;
  const outputs = (inner: readonly unknown[]) => outputsHtml(inner, `${text}w`, NO_MODELS);
  const widget = await widgetHtml(bundle[WIDGET_VIEW], models, {
    markup: (html) => cleanHtml(html, "markup"),
    outputs,
  });
  if (widget !== null) return widget;
  const type = ORDER.find((one) => Object.hasOwn(bundle, one));
  if (type === undefined) return `<p class="output note">${escapeHtml(strings.files.outputMissing)}</p>`;
  const value = textOf(bundle[type]);
  switch (type) {
    case "text/html":
      return markupHtml(value);
    case "application/javascript":
      return scriptHtml(value);
    case "text/markdown":
      return `<div class="output">${await markdownHtml(value, {}, text)}</div>`;
    case "text/latex":
      return `<div class="output">${await markdownHtml(value, {}, text)}</div>`;
    case "image/svg+xml":
      return imageHtml(type, base64(value), bundle);
    case "image/png":
    case "image/jpeg":
    case "image/webp":
    case "image/gif":
      return imageHtml(type, value.replace(/[^A-Za-z0-9+/=]/g, ""), bundle);
    case "application/json":
    case "text/plain":
      return pre("result", ansiHtml(value));
  }
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}

/** In an <img> an SVG runs nothing and loads nothing. */
function imageHtml(type: string, data: string, bundle: Readonly<Record<string, unknown>>): string {
  const alt = typeof bundle["text/plain"] === "string" ? bundle["text/plain"].slice(0, 200) : strings.output.image;
  return `<img class="output" src="data:${type};base64,${data}" alt="${escapeHtml(alt)}">`;
}

/** In an Output widget no widget is drawn again: a file may be made so that this never ends. */
const NO_MODELS: Models = new Map();

const RUNS = /<(?:script|iframe|object|embed|video|audio|canvas)\b|\son\w+\s*=/i;

/** A table stands in the file itself, cleaned; what needs a script to be seen gets a frame. */
function markupHtml(html: string): string {
  return RUNS.test(html) ? frameHtml(html) : cleanHtml(html, "output markup");
}

function cleanHtml(html: string, name: string): string {
  const box = document.createElement("div");
  box.className = name;
  box.append(cleanMarkdown(html));
  return box.outerHTML;
}
