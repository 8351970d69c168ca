/** A comparison as it is shown: what became of each cell, runs of unchanged ones folded, metadata key by key. Pure. */
import type { CellThen, Difference, PairFate, RowPair } from "../../net/revisions-rest";

export type Fate = PairFate | "moved";

export interface Row {
  /** Stays the same while the comparison does. */
  readonly key: string;
  readonly fate: Fate;
  readonly moved: boolean;
  readonly old: CellThen | null;
  readonly new: CellThen | null;
  /** The newer of the two, or the one that there is. */
  readonly cell: CellThen;
  readonly differences: readonly Difference[];
}

/** What is drawn: a row, or a line that stands for unchanged ones. */
export type Part =
  | { readonly t: "row"; readonly row: Row }
  | { readonly t: "fold"; readonly key: string; readonly rows: readonly Row[] };

export type Counts = Readonly<Record<Fate, number>>;

export interface MetadataChange {
  readonly key: string;
  /** As JSON; null where there is none. */
  readonly was: string | null;
  readonly is: string | null;
}

export function rowsOf(pairs: readonly RowPair[]): readonly Row[] {
  const rows: Row[] = [];
  for (const pair of pairs) {
    const cell = pair.new ?? pair.old;
    if (cell === undefined) continue;
    const { fate, moved = false, changed: differences = [] } = pair;
    const [old, next] = [pair.old ?? null, pair.new ?? null];
    rows.push({
      key: `${old?.id ?? ""} ${next?.id ?? ""}`,
      fate: moved && fate === "same" ? "moved" : fate,
      moved,
      old,
      new: next,
      cell,
      differences,
    });
  }
  return rows;
}

export function partsOf(rows: readonly Row[]): readonly Part[] {
  const parts: Part[] = [];
  let same: Row[] = [];
  const fold = () => {
    const [first] = same;
    if (first !== undefined) parts.push({ t: "fold", key: first.key, rows: same });
    same = [];
  };
  for (const row of rows) {
    if (row.fate === "same") {
      same.push(row);
      continue;
    }
    fold();
    parts.push({ t: "row", row });
  }
  fold();
  return parts;
}

export function countsOf(rows: readonly Row[]): Counts {
  const counts = { added: 0, removed: 0, changed: 0, moved: 0, same: 0 };
  for (const { fate, moved } of rows) {
    counts[fate] += 1;
    if (moved && fate !== "moved") counts.moved += 1;
  }
  return counts;
}

/** Keys whose values differ, in the order of the alphabet. */
export function metadataChanges(row: Row): readonly MetadataChange[] {
  const [was, is] = [row.old?.metadata ?? {}, row.new?.metadata ?? {}];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  return keys
    .map((key) => ({ key, was: jsonOf(own(was, key)), is: jsonOf(own(is, key)) }))
    .filter((change) => change.was !== change.is);
}

/** Keys come from a notebook: what every object has is no metadata. */
const own = (fields: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(fields, key) ? fields[key] : undefined;

/** Members in one order: the same value is the same text. */
function jsonOf(value: unknown): string | null {
  if (value === undefined) return null;
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
