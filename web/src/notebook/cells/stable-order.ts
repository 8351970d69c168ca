/**
 * The order of cells in the DOM, which is not quite that on the page: a cell that is in the DOM is never moved there,
 * because moving an iframe reloads it. New cells go in behind the cell before them; CSS `order` shows what a move did.
 */
export class StableOrder {
  private dom: readonly string[] = [];
  private seen: readonly string[] | null = null;

  /** The ids in the order of the DOM, for these ids in the order of the page. */
  follow(order: readonly string[]): readonly string[] {
    if (order === this.seen) return this.dom;
    this.seen = order;
    this.dom = stableOrder(this.dom, order);
    return this.dom;
  }
}

export function stableOrder(dom: readonly string[], order: readonly string[]): readonly string[] {
  const present = new Set(order);
  const kept = new Set(dom.filter((id) => present.has(id)));
  const behind = new Map<string | null, string[]>();
  let last: string | null = null;
  for (const id of order) {
    if (kept.has(id)) {
      last = id;
      continue;
    }
    const group = behind.get(last);
    if (group === undefined) behind.set(last, [id]);
    else group.push(id);
  }
  const first = behind.get(null) ?? [];
  return [...first, ...[...kept].flatMap((id) => [id, ...(behind.get(id) ?? [])])];
}
