/**
 * The layout of a notebook's Y.Doc, drawn once:
 *
 *   cells: Map<cell_id, Map>
 *     type         "code" | "markdown" | "raw"
 *     source       Text
 *     meta         Map      JSON values
 *     attachments  JSON     those that came with a file, when there are some: file name -> MIME bundle
 *     attachment:<file name>  JSON   each that a page put there: two at the same time are two entries
 *     pos          string   fractional index; cells stand in order of (pos, cell_id)
 *   nb: Map
 *     metadata   Map      JSON values, one entry for each field of the notebook's metadata
 *
 * Only the server creates documents; a page edits what it was given. Readers here forgive what a newer server or a
 * half-arrived update may hold: a cell without its parts is not shown, and nothing is written to mend it.
 */
import * as Y from "yjs";

import { entriesOf } from "./shared";

export type CellType = "code" | "markdown" | "raw";

export interface CellFacts {
  readonly id: string;
  readonly type: CellType;
  readonly pos: string;
  readonly source: Y.Text;
  readonly map: Y.Map<unknown>;
}

export type CellsMap = Y.Map<Y.Map<unknown>>;

export function cellsOf(doc: Y.Doc): CellsMap {
  return doc.getMap("cells");
}

const TYPES: ReadonlySet<unknown> = new Set<CellType>(["code", "markdown", "raw"]);

export function readCell(id: string, map: Y.Map<unknown> | undefined): CellFacts | null {
  if (!(map instanceof Y.Map)) return null;
  const [type, pos, source] = [map.get("type"), map.get("pos"), map.get("source")];
  if (typeof pos !== "string" || !(source instanceof Y.Text)) return null;
  return { id, type: TYPES.has(type) ? (type as CellType) : "raw", pos, source, map };
}

/** Ids in the order of the page: by position, then by id, both as plain code points (UTF-16 equals them for ASCII). */
export function orderOf(cells: CellsMap): string[] {
  const facts: CellFacts[] = [];
  for (const [id, map] of cells.entries()) {
    const cell = readCell(id, map);
    if (cell !== null) facts.push(cell);
  }
  facts.sort((a, b) => (a.pos === b.pos ? (a.id < b.id ? -1 : 1) : a.pos < b.pos ? -1 : 1));
  return facts.map(({ id }) => id);
}

export const ATTACHMENT = "attachment:";

/** File name -> MIME bundle. */
export function attachmentsOf(map: Y.Map<unknown>): Readonly<Record<string, unknown>> {
  const found: [string, unknown][] = Object.entries(entriesOf(map.get("attachments")));
  for (const [key, value] of map.entries()) {
    if (key.startsWith(ATTACHMENT)) found.push([key.slice(ATTACHMENT.length), value]);
  }
  return Object.fromEntries(found);
}

/** A new cell from its parts as JSON: `source` becomes a Text, `meta` a Map, the rest stays as it is. */
export function cellMapOf(parts: Readonly<Record<string, unknown>>): Y.Map<unknown> {
  const map = new Y.Map<unknown>();
  const source = new Y.Text();
  const { source: text, meta, ...rest } = parts;
  if (typeof text === "string" && text !== "") source.insert(0, text);
  for (const [key, value] of Object.entries(rest)) map.set(key, value);
  map.set("source", source);
  map.set("meta", new Y.Map(Object.entries(meta ?? {})));
  return map;
}
