/**
 * Which sections are folded, as notebooks keep it: Colab's `metadata.colab.collapsed_sections` (ids of cells), and
 * Jupyter's `heading_collapsed` of a cell. Pure reading, and the metadata to write.
 */
export type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** Ids as they are listed, those of cells that are gone among them. */
export function collapsedSections(notebook: Fields): readonly string[] {
  const list = fieldsOf(notebook["colab"])["collapsed_sections"];
  return Array.isArray(list) ? list.filter((id) => typeof id === "string") : [];
}

export const isHeadingCollapsed = (cell: Fields): boolean => cell["heading_collapsed"] === true;

/** The notebook's `colab` field with these sections folded or opened; undefined when nothing is left in it. */
export function colabWith(notebook: Fields, ids: readonly string[], folded: boolean): Fields | undefined {
  const others = collapsedSections(notebook).filter((id) => !ids.includes(id));
  const list = folded ? [...others, ...ids] : others;
  const rest = Object.fromEntries(
    Object.entries(fieldsOf(notebook["colab"])).filter(([key]) => key !== "collapsed_sections"),
  );
  const colab = list.length === 0 ? rest : { ...rest, collapsed_sections: list };
  return Object.keys(colab).length === 0 ? undefined : colab;
}
