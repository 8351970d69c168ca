/**
 * How high the table of a DataFrame will be before it is read. Pure; counts tags of pandas' HTML as the server does
 * (store/dataframes.py), which has done it for what is in a blob.
 */
import { type DisplayOutput, LIMITS, type Output } from "../../../wire/types";
import { choose } from "../plan";
import { mayBeTable } from "./parse";

const LINE_PX = 29;
/** The tools, the foot, and what is between them (table.css). */
const AROUND_PX = 73;

const INDEX_NAMES = /<th><\/th>\s*<\/tr>\s*$/;
const CUT = /<tr>\s*(?:<th>\.\.\.<\/th>\s*)+(?:<td>\.\.\.<\/td>\s*)+<\/tr>/;

/** Whether it is worth to read it. pandas gives its frame as text too; the text of an HTML object is `<IPython...>`. */
export function isCandidate(output: Output): output is DisplayOutput {
  if (output.t !== "display" || choose(output)?.type !== "text/html") return false;
  const html = output.data["text/html"];
  const plain = output.data["text/plain"];
  const said = plain?.t === "inline" && typeof plain.value === "string" ? plain.value : "";
  if (plain === undefined || said.startsWith("<")) return false;
  return html?.t === "blob"
    ? html.size <= LIMITS.TABLE_BYTES
    : typeof html?.value === "string" && mayBeTable(html.value);
}

/** Lines of the first page of its table, with those of the head; 0 where it will be none. */
export function tableLines(output: Output): number {
  if (!isCandidate(output)) return 0;
  const html = output.data["text/html"];
  if (html === undefined) return 0;
  return html.t === "blob" ? html.rows : linesIn(String(html.value));
}

/** In CSS pixels, of so many tables with so many lines. */
export const roomOfTables = (tables: number, lines: number): number => tables * AROUND_PX + lines * LINE_PX;

function linesIn(html: string): number {
  const [before = "", rest = ""] = parted(html, "<tbody>");
  const [body = "", after = ""] = parted(rest, "</tbody>");
  const head = parted(parted(before, "<thead>")[1] ?? "", "</thead>")[0] ?? "";
  const labels = rowsIn(head);
  const levels = labels > 1 && INDEX_NAMES.test(head) ? labels - 1 : labels;
  const cut = after.includes("<p>") ? body.search(CUT) : -1;
  const rows = rowsIn(body) - (cut === -1 ? 0 : 1);
  const isCutShown = cut !== -1 && rowsIn(body.slice(0, cut)) < LIMITS.TABLE_ROWS;
  return levels + Math.min(rows, LIMITS.TABLE_ROWS) + (isCutShown ? 1 : 0);
}

const rowsIn = (html: string): number => html.split("<tr").length - 1;

function parted(text: string, at: string): readonly string[] {
  const found = text.indexOf(at);
  return found === -1 ? [text] : [text.slice(0, found), text.slice(found + at.length)];
}
