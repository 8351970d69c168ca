/** Where a view of a notebook stood: by a cell, so that it holds when the cells above it have other heights. Pure. */

export interface ScrollPlace {
  readonly cell: string;
  /** From the upper edge of the view down to that of the cell, in CSS pixels. */
  readonly offset: number;
  /** The cell that was selected. */
  readonly selected: string | null;
}

export interface CellBox {
  readonly cell: string;
  readonly top: number;
  readonly bottom: number;
}

/** The first cell that reaches into the view, whose upper edge is at `edge`. null for a view at the very top. */
export function placeOf(boxes: Iterable<CellBox>, edge: number, selected: string | null): ScrollPlace | null {
  let first: CellBox | null = null;
  for (const box of boxes) if (box.bottom > edge && (first === null || box.top < first.top)) first = box;
  return first === null ? null : { cell: first.cell, offset: Math.round(first.top - edge), selected };
}

export function readPlace(text: string | null): ScrollPlace | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    if (typeof value !== "object" || value === null) return null;
    const { cell, offset, selected } = value as Record<string, unknown>;
    if (typeof cell !== "string" || typeof offset !== "number" || !Number.isFinite(offset)) return null;
    return { cell, offset, selected: typeof selected === "string" ? selected : null };
  } catch {
    return null;
  }
}

/** The cell that `#scrollTo=CELL` names, as Colab writes it; null for any other fragment. */
export const cellInHash = (hash: string): string | null => {
  const found = new URLSearchParams(hash.replace(/^#/, "")).get("scrollTo");
  return found === null || found === "" ? null : found;
};
