/** Outputs of an .ipynb as HTML of an exported file: what is data as data, what is markup cleaned or in a frame. */
import { cleanMarkdown } from "../../ui/sanitize";
import { strings } from "../../words";
import { markdownHtml } from "./markdown";
import { ansiHtml, escapeHtml } from "./text";

const textOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : Array.isArray(value)
      ? value.map(String).join("")
      : JSON.stringify(value, null, 2);

const pre = (name: string, inner: string) => `<pre class="output ${name}">${inner}</pre>`;

/** Richest first; what a frame of the page draws by a library (Plotly, Vega, widgets) has HTML or text beside it. */
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

export async function outputsHtml(outputs: readonly unknown[], text: string): Promise<string> {
  const made: string[] = [];
  for (const [index, output] of outputs.entries()) made.push(await outputHtml(output, `${text}o${index}`));
  return made.length === 0 ? "" : `<div class="outputs">${made.join("")}</div>`;
}

async function outputHtml(output: unknown, text: string): Promise<string> {
  if (typeof output !== "object" || output === null) return "";
  const fields = output as Readonly<Record<string, unknown>>;
  switch (fields["output_type"]) {
    case "stream":
      return pre(fields["name"] === "stderr" ? "stderr" : "stdout", ansiHtml(textOf(fields["text"])));
    case "error":
      return pre("error", ansiHtml(errorText(fields)));
    case "display_data":
    case "execute_result":
      return displayHtml(fields["data"], text);
    default:
      return "";
  }
}

function errorText({ ename, evalue, traceback }: Readonly<Record<string, unknown>>): string {
  const frames = Array.isArray(traceback) ? traceback.map(String).join("\n") : "";
  return frames === "" ? `${textOf(ename)}: ${textOf(evalue)}` : frames;
}

async function displayHtml(data: unknown, text: string): Promise<string> {
  if (typeof data !== "object" || data === null) return "";
  const bundle = data as Readonly<Record<string, unknown>>;
  const type = ORDER.find((one) => Object.hasOwn(bundle, one));
  if (type === undefined) return `<p class="output note">${escapeHtml(strings.files.outputMissing)}</p>`;
  const value = textOf(bundle[type]);
  switch (type) {
    case "text/html":
      return markupHtml(value);
    case "application/javascript":
      // As text: a script closes with the first `</script` in it.
      return frameHtml(`<script>${value.replace(/<\/(?=script)/gi, "<\\/")}</script>`);
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

const RUNS = /<(?:script|iframe|object|embed|video|audio|canvas)\b|\son\w+\s*=/i;

/** A table stands in the file itself, cleaned; what needs a script to be seen gets a frame. */
function markupHtml(html: string): string {
  if (RUNS.test(html)) return frameHtml(html);
  const box = document.createElement("div");
  box.className = "output markup";
  box.append(cleanMarkdown(html));
  return box.outerHTML;
}

/** An opaque origin: no cookie, no storage, nothing of the file around it. Its height can be dragged. */
function frameHtml(html: string): string {
  const title = escapeHtml(strings.output.frame);
  return `<div class="output frame"><iframe sandbox="allow-scripts" loading="lazy" title="${title}" srcdoc="${escapeHtml(html)}"></iframe></div>`;
}
