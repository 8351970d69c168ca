/**
 * A JSON value as the rows of a tree: what is open is listed, nothing else is made. Pure; the view only draws rows.
 *
 * A row is known by its path from the root. Of a long list the first PAGE children are listed, and one row more for the
 * next ones.
 */

export type Step = string | number;
export type Path = readonly Step[];

export interface Row {
  /** Unlike that of any other row. */
  readonly key: string;
  readonly path: Path;
  readonly depth: number;
  /** The name within its parent; null for the root. */
  readonly name: Step | null;
  readonly value: unknown;
  readonly kind: "object" | "array" | "string" | "number" | "boolean" | "null" | "more";
  readonly open: boolean;
  /** Of an object or array; for `more`, how many are not listed yet. */
  readonly count: number;
  /** Place among its siblings, from 1. */
  readonly position: number;
  readonly siblings: number;
}

export const PAGE = 100;
const FIRST_OPEN_ROWS = 60;

export interface Openness {
  readonly open: ReadonlySet<string>;
  /** How many children are listed, where that is not PAGE. */
  readonly listed: ReadonlyMap<string, number>;
}

export const keyOf = (path: Path): string => JSON.stringify(path);

export function kindOf(value: unknown): Exclude<Row["kind"], "more"> {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
    case "bigint":
      return "number";
    case "boolean":
      return "boolean";
    default:
      return "object";
  }
}

const isParent = (kind: Row["kind"]) => kind === "object" || kind === "array";

function childrenOf(value: unknown, from: number, to: number): [Step, unknown][] {
  if (Array.isArray(value)) return value.slice(from, to).map((item, at): [Step, unknown] => [from + at, item]);
  return Object.entries(value as object).slice(from, to);
}

const sizeOf = (value: unknown): number =>
  Array.isArray(value) ? value.length : typeof value === "object" && value !== null ? Object.keys(value).length : 0;

/** The rows that are shown, from the top. Iterative: a deep value takes no deep stack. */
export function rowsOf(root: unknown, { open, listed }: Openness): readonly Row[] {
  const rows: Row[] = [];
  const waiting: Omit<Row, "key" | "kind" | "open" | "count">[] = [
    { path: [], depth: 0, name: null, value: root, position: 1, siblings: 1 },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.value === MORE) {
      rows.push({ ...next, key: `${keyOf(next.path)}+`, kind: "more", open: false, count: next.siblings });
      continue;
    }
    const key = keyOf(next.path);
    const kind = kindOf(next.value);
    const count = sizeOf(next.value);
    const isOpen = isParent(kind) && open.has(key);
    rows.push({ ...next, key, kind, open: isOpen, count });
    if (!isOpen) continue;
    const { path, depth, value } = next;
    const most = listed.get(key) ?? PAGE;
    if (count > most) {
      waiting.push({ path, depth: depth + 1, name: null, value: MORE, position: most + 1, siblings: count - most });
    }
    const children = childrenOf(value, 0, most).map(([name, child], at) => ({
      path: [...path, name],
      depth: depth + 1,
      name,
      value: child,
      position: at + 1,
      siblings: count,
    }));
    waiting.push(...children.reverse());
  }
  return rows;
}

const MORE = Symbol("more");

/** What is open at first: level by level, as long as it stays a short list. */
export function firstOpen(root: unknown): ReadonlySet<string> {
  const open = new Set<string>();
  let level: [Path, unknown][] = [[[], root]];
  let rows = 1;
  while (level.length > 0) {
    const parents = level.filter(([, value]) => isParent(kindOf(value)) && sizeOf(value) > 0);
    const added = parents.reduce((sum, [, value]) => sum + Math.min(sizeOf(value), PAGE), 0);
    if (parents.length === 0 || (rows > 1 && rows + added > FIRST_OPEN_ROWS)) break;
    for (const [path] of parents) open.add(keyOf(path));
    rows += added;
    level = parents.flatMap(([path, value]) =>
      childrenOf(value, 0, PAGE).map(([name, child]): [Path, unknown] => [[...path, name], child]),
    );
  }
  return open;
}

/** All rows above this one, and their lists long enough that it is listed. */
export function revealed(root: unknown, path: Path, { open, listed }: Openness): Openness {
  const opened = new Set(open);
  const longer = new Map(listed);
  let value = root;
  path.forEach((step, depth) => {
    const key = keyOf(path.slice(0, depth));
    opened.add(key);
    const at = Array.isArray(value) ? Number(step) : Object.keys(value as object).indexOf(String(step));
    const most = longer.get(key) ?? PAGE;
    if (at >= most) longer.set(key, Math.ceil((at + 1) / PAGE) * PAGE);
    value = (value as Record<Step, unknown>)[step];
  });
  return { open: opened, listed: longer };
}

export interface Found {
  readonly paths: readonly Path[];
  /** There may be more: the search stopped at its limit. */
  readonly more: boolean;
}

const MOST_FOUND = 1_000;
const MOST_LOOKED_AT = 500_000;

/** Rows whose name or value has the text in it, in the order of the tree. */
export function searchTree(root: unknown, query: string): Found {
  const wanted = query.toLowerCase();
  const paths: Path[] = [];
  const waiting: [Path, unknown][] = [[[], root]];
  let looked = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    looked += 1;
    if (paths.length >= MOST_FOUND || looked > MOST_LOOKED_AT) return { paths, more: true };
    const [path, value] = next;
    const name = path.at(-1);
    const isMatch =
      (typeof name === "string" && name.toLowerCase().includes(wanted)) ||
      (!isParent(kindOf(value)) && String(value).toLowerCase().includes(wanted));
    if (isMatch) paths.push(path);
    if (!isParent(kindOf(value))) continue;
    const children = childrenOf(value, 0, Infinity);
    for (let at = children.length - 1; at >= 0; at -= 1) {
      const child = children[at];
      if (child !== undefined) waiting.push([[...path, child[0]], child[1]]);
    }
  }
  return { paths, more: false };
}

/** As one writes it in Python: `["items"][0]`. */
export const pathText = (path: Path): string => path.map((step) => `[${JSON.stringify(step)}]`).join("");

const LONGEST_PREVIEW = 400;

/** What a row says of its value. */
export function previewOf({ value, kind }: Row): string {
  if (kind === "string") return JSON.stringify((value as string).slice(0, LONGEST_PREVIEW)) + cutMark(value as string);
  return kind === "null" ? "null" : String(value);
}

const cutMark = (text: string) => (text.length > LONGEST_PREVIEW ? "\u2026" : "");
