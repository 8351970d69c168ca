/** What of a cell is hidden, kept in its metadata as Jupyter does (nbformat: metadata.jupyter). */
import type { Fields, NotebookDoc } from "../../doc/notebook-doc";

const jupyter = (meta: Fields): Fields => {
  const value = meta["jupyter"];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
};

export const isSourceHidden = (meta: Fields): boolean => jupyter(meta)["source_hidden"] === true;

export function setSourceHidden(book: NotebookDoc, ids: readonly string[], hidden: boolean): void {
  book.group(() => {
    for (const id of ids) {
      const value: Record<string, unknown> = { ...jupyter(book.meta(id)) };
      if (hidden) value["source_hidden"] = true;
      else delete value["source_hidden"];
      book.setMeta(id, "jupyter", Object.keys(value).length === 0 ? undefined : value);
    }
  });
}
