/**
 * Markdown to the nodes that the page shows: rendered, cleaned, and with formulas, diagrams, colours and check boxes in the
 * place of their placeholders. Loaded with the first text cell. Touches nothing of the page.
 */
import { markdownToHtml } from "../../ui/markdown/html";
import { attachmentAddress, cleanMarkdown } from "../../ui/sanitize";
import { strings } from "../../words";
import { type Drawn, drawings } from "./drawings";

export interface NodesOptions {
  /** Names the text in the page. */
  readonly text: string;
  readonly attachments: Readonly<Record<string, unknown>>;
  /** A person may check boxes. */
  readonly editable: boolean;
  readonly theme: string;
}

export interface Made {
  readonly nodes: DocumentFragment;
  /** Something is on its way, and `drawings` will tell. */
  readonly waits: boolean;
}

const words = strings.text;
/** Definitions hold for the formulas after them, so each formula depends on all before it. */
const DEFINES = /\\(?:(?:re|provide)?newcommand|renewcommand|[gex]?def|let|DeclareMathOperator)\b/;

export function markdownNodes(source: string, options: NodesOptions): Made {
  const nodes = cleanMarkdown(markdownToHtml(source, options.text));
  const all = (selector: string) => Array.from(nodes.querySelectorAll<HTMLElement>(selector));
  const macros = DEFINES.test(source) ? {} : null;
  const done = [
    ...all("[data-math]").map((place) => putFormula(place, macros)),
    ...all("pre[data-fence]").map((place) => putFence(place, options.theme)),
  ];
  for (const place of all("span[data-task]")) putBox(place, options.editable);
  for (const image of all("img")) putPicture(image, options.attachments);
  for (const table of all("table")) wrapTable(table);
  return { nodes, waits: done.includes(false) };
}

function putFormula(place: HTMLElement, macros: Record<string, string> | null): boolean {
  const display = place.dataset["math"] === "display";
  const drawn = drawings.formula(place.textContent, display, macros);
  if (drawn === "long") place.title = words.longFormula;
  else if (drawn !== null) place.replaceChildren(drawn);
  return drawn !== null;
}

function putFence(place: HTMLElement, theme: string): boolean {
  const language = place.dataset["fence"] ?? "";
  const text = place.textContent;
  if (language.toLowerCase() === "mermaid") return putDiagram(place, drawings.diagram(text, theme), text);
  const tokens = language === "" ? [] : drawings.tokens(language, text);
  if (tokens === null || tokens.length === 0) return tokens !== null;
  const code = place.ownerDocument.createElement("code");
  for (const { text: part, classes } of tokens) code.append(classes === "" ? part : span(code, part, classes));
  place.replaceChildren(code);
  return true;
}

function span({ ownerDocument }: Node, text: string, classes: string): HTMLElement {
  const made = (ownerDocument as Document).createElement("span");
  made.className = classes;
  made.textContent = text;
  return made;
}

function putDiagram(place: HTMLElement, drawn: Drawn | null, source: string): boolean {
  const { ownerDocument } = place;
  const figure = ownerDocument.createElement("figure");
  figure.setAttribute("data-drawing", drawn === null ? "waits" : "there");
  if (drawn?.t === "diagram") {
    const image = ownerDocument.createElement("img");
    const { address, width, height } = drawn.diagram;
    image.setAttribute("src", address);
    image.setAttribute("alt", words.diagram(/^\s*(?:%%.*\s+)*(\w+)/.exec(source)?.[1] ?? ""));
    image.setAttribute("width", String(width));
    image.setAttribute("height", String(height));
    figure.append(image);
  } else {
    const code = ownerDocument.createElement("pre");
    code.textContent = source;
    const note = ownerDocument.createElement("figcaption");
    note.textContent = drawn === null ? words.drawing : words.notDrawn(drawn.why);
    figure.append(code, note);
  }
  place.replaceWith(figure);
  return drawn !== null;
}

function putBox(place: HTMLElement, editable: boolean): void {
  const [at = "", checked] = (place.dataset["task"] ?? "").split(" ");
  const box = place.ownerDocument.createElement("input");
  box.setAttribute("type", "checkbox");
  box.setAttribute("data-task", at);
  box.setAttribute("aria-label", place.parentElement?.textContent.trim().slice(0, 200) ?? "");
  if (checked !== undefined) box.setAttribute("checked", "");
  if (!editable) box.setAttribute("disabled", "");
  place.replaceWith(box);
}

function putPicture(image: HTMLElement, attachments: Readonly<Record<string, unknown>>): void {
  const [, name] = /^attachment:(.*)$/.exec(image.getAttribute("src") ?? "") ?? [];
  if (name === undefined) return;
  const address = attachmentAddress(attachments, decode(name)) ?? attachmentAddress(attachments, name);
  if (address === null) image.removeAttribute("src");
  else image.setAttribute("src", address);
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** A wide table scrolls in a box of its own, and stays a table for screen readers. */
function wrapTable(table: HTMLElement): void {
  const box = table.ownerDocument.createElement("div");
  box.className = "table-box";
  table.replaceWith(box);
  box.append(table);
}
