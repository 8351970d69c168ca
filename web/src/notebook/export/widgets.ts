/**
 * Widgets of an .ipynb as HTML of an exported file: what they showed when the file was written, from the state that it keeps.
 * Knows no document: text is escaped here, and markup goes through whoever calls.
 */
import { strings } from "../../words";
import { escapeHtml } from "./text";

type State = Readonly<Record<string, unknown>>;

interface Model {
  readonly name: string;
  readonly state: State;
  /** The bytes of its value, in base64. */
  readonly bytes: string;
}

/** By their ids. */
export type Models = ReadonlyMap<string, Model>;

/** What a widget holds that others draw. */
export interface Drawers {
  readonly markup: (html: string) => string;
  readonly outputs: (outputs: readonly unknown[]) => Promise<string>;
}

const WIDGET_STATE = "application/vnd.jupyter.widget-state+json";
/** Of one output: what is in more than one box is drawn in each, and a file may be made so that this never ends. */
const MOST = 1_000;

const fieldsOf = (value: unknown): State =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as State) : {};
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const numberOf = (value: unknown, otherwise: number): number => (typeof value === "number" ? value : otherwise);

/** From a notebook's metadata. */
export function modelsOf(metadata: unknown): Models {
  const { state } = fieldsOf(fieldsOf(fieldsOf(metadata)["widgets"])[WIDGET_STATE]);
  const models = Object.entries(fieldsOf(state)).map(([id, model]) => {
    const { model_name, state, buffers } = fieldsOf(model);
    const name = textOf(model_name).replace(/Model$/, "");
    return [id, { name, state: fieldsOf(state), bytes: bytesOf(buffers) }] as const;
  });
  return new Map(models);
}

function bytesOf(buffers: unknown): string {
  const [found] = listOf(buffers)
    .map(fieldsOf)
    .filter(({ path }) => listOf(path).join() === "value");
  return textOf(found?.["data"]).replace(/[^A-Za-z0-9+/=]/g, "");
}

interface Drawing extends Drawers {
  readonly models: Models;
  left: number;
}

/** What an output shows by this bundle's view of a model; null when the file does not have the model. */
export async function widgetHtml(view: unknown, models: Models, drawers: Drawers): Promise<string | null> {
  const id = textOf(fieldsOf(view)["model_id"]);
  if (!models.has(id)) return null;
  return `<div class="output widgets">${await modelHtml(id, { ...drawers, models, left: MOST })}</div>`;
}

const modelOf = (reference: unknown): string => /^IPY_MODEL_(.+)$/.exec(textOf(reference))?.[1] ?? "";

async function modelHtml(id: string, drawing: Drawing): Promise<string> {
  const model = drawing.models.get(id);
  drawing.left -= 1;
  if (model === undefined || drawing.left < 0) return "";
  const { name, state } = model;
  const layout = drawing.models.get(modelOf(state["layout"]))?.state ?? {};
  if (layout["display"] === "none" || layout["visibility"] === "hidden") return "";
  if (Array.isArray(state["children"])) return boxHtml(name, state, drawing);
  if (name === "Output") return drawing.outputs(listOf(state["outputs"]));
  if (name === "Image") return imageHtml(model);
  return labelled(state, valueHtml(name, state, drawing));
}

const ROWS: ReadonlySet<string> = new Set(["HBox", "Box", "GridBox"]);

async function boxHtml(name: string, state: State, drawing: Drawing): Promise<string> {
  const titles = listOf(state["titles"]);
  const children: string[] = [];
  for (const [at, child] of listOf(state["children"]).entries()) {
    const title = textOf(titles[at]);
    if (title !== "") children.push(`<div class="widget-title">${escapeHtml(title)}</div>`);
    children.push(await modelHtml(modelOf(child), drawing));
  }
  return `<div class="widget-box ${ROWS.has(name) ? "row" : "column"}">${children.join("")}</div>`;
}

function labelled(state: State, inner: string): string {
  const description = textOf(state["description"]);
  const label = description === "" ? "" : `<span class="widget-label">${escapeHtml(description)}</span>`;
  return `<div class="widget">${label}${inner}</div>`;
}

const said = (value: unknown): string => `<span class="widget-value">${escapeHtml(String(value))}</span>`;

function valueHtml(name: string, state: State, { markup }: Drawing): string {
  const { value } = state;
  if (name === "HTML" || name === "HTMLMath") return `<span class="widget-html">${markup(textOf(value))}</span>`;
  if (name === "Label") return said(textOf(value));
  if (name === "Button") return "";
  if (name === "Password") return said("\u2022".repeat(Math.min(textOf(value).length, 8)));
  if (/Progress$/.test(name)) return progress(state);
  if (/^(?:Int|Float)Slider$/.test(name)) return slider(state);
  if (Array.isArray(state["_options_labels"])) return said(chosen(state));
  if (typeof value === "boolean") return `<input type="checkbox" disabled${value ? " checked" : ""}>`;
  if (Array.isArray(value)) return said(value.filter((one) => typeof one !== "object").join(" \u2013 "));
  if (typeof value === "string" || typeof value === "number") return said(value);
  return `<span class="note">${escapeHtml(strings.files.widgetLive(name))}</span>`;
}

/** HTML's progress begins at 0, that of a widget wherever it likes. */
function progress({ value, min, max }: State): string {
  const least = numberOf(min, 0);
  return `<progress max="${numberOf(max, 100) - least}" value="${numberOf(value, least) - least}"></progress>`;
}

function slider({ value, min, max }: State): string {
  const ends = `min="${numberOf(min, 0)}" max="${numberOf(max, 100)}" value="${numberOf(value, 0)}"`;
  return `<input type="range" disabled step="any" ${ends}>${said(value)}`;
}

function chosen(state: State): string {
  const labels = listOf(state["_options_labels"]);
  const { index } = state;
  const indices = Array.isArray(index) ? index : [index];
  return indices.flatMap((at) => (typeof at === "number" ? textOf(labels[at]) : [])).join(", ");
}

function imageHtml({ state, bytes }: Model): string {
  const type = /^(?:png|jpeg|gif|webp)$/.exec(textOf(state["format"]))?.[0] ?? "png";
  return bytes === "" ? "" : `<img src="data:image/${type};base64,${bytes}" alt="${escapeHtml(strings.output.image)}">`;
}
