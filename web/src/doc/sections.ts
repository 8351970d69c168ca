/**
 * Sections: what the headings of text cells make of the order of cells. Pure: from cells with their headings to an
 * outline, and from what is folded to what is hidden.
 *
 * A cell with a heading begins a section, at the level of its first heading; the section goes on until a cell whose first
 * heading is of that level or of a higher one (a smaller number).
 */
import type { Heading } from "./headings";

export interface SectionCell {
  readonly id: string;
  readonly headings: readonly Heading[];
}

export interface Section {
  /** Of the cell that begins it. */
  readonly id: string;
  readonly level: number;
  /** Of the cell with the heading, and of the first cell behind the section. */
  readonly from: number;
  readonly to: number;
  readonly parent: Section | null;
}

/** One line of the table of contents. */
export interface OutlineEntry extends Heading {
  readonly cell: string;
  /** Which heading of its cell. */
  readonly nth: number;
}

export interface Outline {
  readonly order: readonly string[];
  readonly entries: readonly OutlineEntry[];
  readonly sections: ReadonlyMap<string, Section>;
}

export function outlineOf(cells: readonly SectionCell[]): Outline {
  const entries = cells.flatMap(({ id, headings }) => headings.map((heading, nth) => ({ ...heading, cell: id, nth })));
  return { order: cells.map(({ id }) => id), entries, sections: sectionsOf(cells) };
}

function sectionsOf(cells: readonly SectionCell[]): ReadonlyMap<string, Section> {
  interface Open {
    readonly id: string;
    readonly level: number;
    readonly from: number;
    to: number;
    readonly parent: Section | null;
  }
  const open: Open[] = [];
  const sections = new Map<string, Section>();
  const close = (level: number, at: number) => {
    while ((open.at(-1)?.level ?? 0) >= level) {
      const last = open.pop();
      if (last !== undefined) last.to = at;
    }
  };
  for (const [from, { id, headings }] of cells.entries()) {
    const [first] = headings;
    if (first === undefined) continue;
    close(first.level, from);
    const made: Open = { id, level: first.level, from, to: cells.length, parent: open.at(-1) ?? null };
    open.push(made);
    sections.set(id, made);
  }
  return sections;
}

/** Ids of all cells of a section, that with the heading first. */
export function cellsIn(outline: Outline, id: string): readonly string[] {
  const section = outline.sections.get(id);
  return section === undefined ? [] : outline.order.slice(section.from, section.to);
}

/** Hidden cells, each with the folded section that one sees in its place. A section of one cell hides nothing. */
export function hiddenBy({ order, sections }: Outline, folded: ReadonlySet<string>): ReadonlyMap<string, string> {
  const hidden = new Map<string, string>();
  let until = 0;
  for (const [at, id] of order.entries()) {
    if (at < until || !folded.has(id)) continue;
    const to = sections.get(id)?.to ?? at;
    for (const inside of order.slice(at + 1, to)) hidden.set(inside, id);
    until = Math.max(at + 1, to);
  }
  return hidden;
}

/** Folded sections that a cell is inside of: what has to be opened for it to be seen. */
export function foldedAround(
  { order, sections }: Outline,
  folded: ReadonlySet<string>,
  cell: string,
): readonly string[] {
  const at = order.indexOf(cell);
  return [...sections.values()]
    .filter(({ id, from, to }) => folded.has(id) && from < at && at < to)
    .map(({ id }) => id);
}

/** The innermost section that this cell stands in, or begins. */
export function sectionAt({ order, sections }: Outline, cell: string): Section | null {
  const at = order.indexOf(cell);
  let found: Section | null = null;
  for (const section of sections.values()) if (section.from <= at && at < section.to) found = section;
  return found;
}

/**
 * The order with a section, or a cell, moved to stand before `before` (at the end for null). The same array when that
 * changes nothing or cannot be: a section does not go into itself.
 */
export function movedBefore(
  order: readonly string[],
  moved: readonly string[],
  before: string | null,
): readonly string[] {
  const set = new Set(moved);
  if (before !== null && set.has(before)) return order;
  const rest = order.filter((id) => !set.has(id));
  const at = before === null ? rest.length : rest.indexOf(before);
  if (at === -1) return order;
  const next = [...rest.slice(0, at), ...order.filter((id) => set.has(id)), ...rest.slice(at)];
  return next.every((id, index) => id === order[index]) ? order : next;
}
