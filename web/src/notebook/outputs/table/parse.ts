/**
 * Reads the HTML that pandas makes of a DataFrame as data. Pure; nothing of it ever becomes HTML again.
 *
 * It takes that form and no other: a tag, an attribute or a style that pandas does not write there (a Styler, markup in a
 * cell) and the answer is null, and the HTML goes to the sandboxed frame as it is.
 */

export interface Table {
  /** Names of the index levels; "" where there is none. */
  readonly indexNames: readonly string[];
  /** Names of the column levels. */
  readonly columnNames: readonly string[];
  /** Of each column its labels, one a level. */
  readonly columns: readonly (readonly string[])[];
  readonly rows: readonly TableRow[];
  /** How large the frame is, where pandas says that this is not all of it. */
  readonly shape: { readonly rows: number; readonly columns: number } | null;
  /** Where pandas left out rows or columns: before the row or column at this place. */
  readonly cutRow: number | null;
  readonly cutColumn: number | null;
}

export interface TableRow {
  readonly index: readonly string[];
  readonly cells: readonly string[];
}

interface Cell {
  readonly head: boolean;
  readonly text: string;
  readonly colspan: number;
  readonly rowspan: number;
}

const TAG = /<(\/?)([a-z]+)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*>/y;
const ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  div: /^$/,
  table: /^border="1" class="dataframe"$/,
  thead: /^$/,
  tbody: /^$/,
  tr: /^(?:style="text-align: (?:right|left|center);")?$/,
  th: /^(?:(?:col|row)span="\d{1,6}"|[hv]align="\w+"|\s)*$/,
  td: /^$/,
  p: /^$/,
};
const STYLE = /\s*<style scoped>[^<]*<\/style>/y;
const SHAPE = /^(\d+) rows? × (\d+) columns?$/;
const CUT = "...";
const MOST_CELLS = 500_000;

/** Whether it is worth to read it: said by a look at its start. */
export const mayBeTable = (html: string): boolean =>
  html.slice(0, 2_000).includes('class="dataframe"') && !html.includes("<style type=");

export function parseTable(html: string): Table | null {
  if (!mayBeTable(html)) return null;
  const read = readRows(html);
  return read === null ? null : tableOf(read.head, read.body, read.shape);
}

interface Read {
  readonly head: Cell[][];
  readonly body: Cell[][];
  shape: Table["shape"];
}

/** Goes from tag to tag; null at the first one that does not belong. */
function readRows(html: string): Read | null {
  const read: Read = { head: [], body: [], shape: null };
  const open: string[] = [];
  let row: Cell[] = [];
  let cell: { head: boolean; colspan: number; rowspan: number } | null = null;
  let at = 0;
  let cells = 0;
  for (;;) {
    const next = html.indexOf("<", at);
    const text = html.slice(at, next === -1 ? html.length : next);
    if (cell === null && open.at(-1) !== "p" && text.trim() !== "") return null;
    if (next === -1) return open.length === 0 ? read : null;
    STYLE.lastIndex = next;
    if (open.at(-1) === "div" && STYLE.test(html)) {
      at = STYLE.lastIndex;
      continue;
    }
    TAG.lastIndex = next;
    const tag = TAG.exec(html);
    if (tag === null) return null;
    at = TAG.lastIndex;
    const [, slash = "", name = "", attributes = ""] = tag;
    if (slash === "") {
      if (ATTRIBUTES[name]?.test(attributes.trim()) !== true || cell !== null) return null;
      open.push(name);
      if (name === "tr") row = [];
      if (name === "th" || name === "td") {
        cell = { head: name === "th", colspan: span(attributes, "colspan"), rowspan: span(attributes, "rowspan") };
        if ((cells += cell.colspan * cell.rowspan) > MOST_CELLS) return null;
      }
      continue;
    }
    if (open.pop() !== name) return null;
    if (cell !== null) row.push({ ...cell, text: decoded(text) });
    if (name === "th" || name === "td") cell = null;
    if (name === "tr") (open.at(-1) === "thead" ? read.head : read.body).push(row);
    if (name === "p") {
      const shape = SHAPE.exec(decoded(text).trim());
      if (shape === null) return null;
      read.shape = { rows: Number(shape[1]), columns: Number(shape[2]) };
    }
  }
}

const span = (attributes: string, name: string): number =>
  Math.max(1, Number(new RegExp(`${name}="(\\d+)"`).exec(attributes)?.[1] ?? 1));

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi,
    (whole: string, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = decimal === undefined ? parseInt(hex ?? "", 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** Cells at the places where they are seen: what spans several is in each of them. */
function gridOf(rows: readonly (readonly Cell[])[]): (Cell | undefined)[][] {
  const grid: (Cell | undefined)[][] = rows.map(() => []);
  rows.forEach((row, y) => {
    let x = 0;
    for (const cell of row) {
      while (grid[y]?.[x] !== undefined) x += 1;
      for (let down = 0; down < cell.rowspan; down += 1) {
        for (let right = 0; right < cell.colspan; right += 1) {
          const line = grid[y + down];
          if (line !== undefined) line[x + right] = cell;
        }
      }
      x += cell.colspan;
    }
  });
  return grid;
}

function tableOf(headRows: Cell[][], bodyRows: Cell[][], shape: Table["shape"]): Table | null {
  const head = gridOf(headRows).map((row) => row.map((cell) => cell?.text ?? ""));
  const body = gridOf(bodyRows);
  const width = head[0]?.length ?? 0;
  const levels = body[0]?.findIndex((cell) => cell?.head === false) ?? 1;
  const indexWidth = levels === -1 ? (body[0]?.length ?? 1) : levels;
  const isEven = head.every((row) => row.length === width) && body.every((row) => row.length === width);
  if (headRows.length === 0 || indexWidth === 0 || !isEven) return null;
  const last = head.at(-1) ?? [];
  const hasNames =
    last.slice(indexWidth).every((text) => text === "") && last.slice(0, indexWidth).some((text) => text !== "");
  const labels = hasNames && head.length > 1 ? head.slice(0, -1) : head;
  const rows = body.map((row) => {
    const texts = row.map((cell) => cell?.text ?? "");
    return { index: texts.slice(0, indexWidth), cells: texts.slice(indexWidth) };
  });
  const columns = Array.from({ length: width - indexWidth }, (_, at) =>
    labels.map((row) => row[indexWidth + at] ?? ""),
  );
  const isCut = (texts: readonly string[]) => texts.length > 0 && texts.every((text) => text === CUT);
  const cutRow = shape === null ? -1 : rows.findIndex(({ index, cells }) => isCut([...index, ...cells]));
  const cutColumn = shape === null ? -1 : columns.findIndex((path) => isCut(path));
  const kept = cutColumn === -1 ? rows : rows.map((row) => ({ ...row, cells: without(row.cells, cutColumn) }));
  return {
    indexNames: hasNames && head.length > 1 ? last.slice(0, indexWidth) : Array<string>(indexWidth).fill(""),
    columnNames: labels.map((row) => row[indexWidth - 1] ?? ""),
    columns: cutColumn === -1 ? columns : without(columns, cutColumn),
    rows: cutRow === -1 ? kept : without(kept, cutRow),
    shape,
    cutRow: cutRow === -1 ? null : cutRow,
    cutColumn: cutColumn === -1 ? null : cutColumn,
  };
}

const without = <T>(items: readonly T[], at: number): T[] => [...items.slice(0, at), ...items.slice(at + 1)];
