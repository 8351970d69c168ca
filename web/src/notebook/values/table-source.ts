/**
 * A table in the kernel as one scrolls through it: blocks of rows and columns, fetched when they come into sight and kept
 * for a while; sorted and searched there. Plain TypeScript.
 *
 * Blocks belong to a *generation*: another order, other conditions, another place in what is nested, or a table that turned
 * out to be another size begin a new one, and what was still asked for the old one is not heard.
 */
import type { Told } from "../../net/asks";
import type { Condition, LookAsk, Problem, Sort, Subject, TableView } from "../../wire/types";

export const BLOCK_ROWS = 100;
export const BLOCK_COLUMNS = 20;
const BLOCKS_KEPT = 200;
const UNDER_WAY = 2;

export interface ColumnHead {
  readonly name: string;
  readonly type: string;
  /** Numbers stand at the right. */
  readonly numeric: boolean;
}

/** What is known of the whole table. */
export type TableHead = Pick<
  TableView,
  "type" | "shape" | "total_rows" | "total_columns" | "rows" | "found" | "name" | "sorts"
>;

export interface TableState {
  readonly head: TableHead | null;
  readonly problem: Problem | null;
  /** Something that is in sight is being fetched. */
  readonly busy: boolean;
  readonly sort: Sort | null;
  readonly where: readonly Condition[];
  /** What one went into, from the outside: the row, and what it was called. */
  readonly path: readonly { readonly row: number; readonly label: string }[];
}

/** Rows and columns from the first up to, not with, the last. */
export interface Sight {
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

type Look = (ask: LookAsk) => Promise<Told<TableView>>;
type Listener = () => void;

const FIRST_SIGHT: Sight = { rows: [0, 1], columns: [0, 1] };
const keyOf = (row: number, column: number) => `${row}:${column}`;

export class TableSource {
  private readonly of: Subject;
  private readonly look: Look;
  private readonly listeners = new Set<Listener>();
  private readonly blocks = new Map<string, TableView>();
  private readonly columns = new Map<number, ColumnHead>();
  private readonly flying = new Set<string>();
  private sight: Sight = FIRST_SIGHT;
  private generation = 0;
  private state: TableState = { head: null, problem: null, busy: true, sort: null, where: [], path: [] };

  constructor(of: Subject, look: Look) {
    this.of = of;
    this.look = look;
  }

  read = (): TableState => this.state;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  // --- what there is -------------------------------------------------------------------------------------------

  /** The text of a cell: null where nothing is, undefined where it has not come. */
  cell(row: number, column: number): string | null | undefined {
    const block = this.block(row, column);
    return block?.columns[column % BLOCK_COLUMNS]?.texts[row % BLOCK_ROWS];
  }

  label(row: number): string | undefined {
    for (const [key, block] of this.blocks) {
      if (key.startsWith(`${Math.floor(row / BLOCK_ROWS)}:`)) return block.labels[row % BLOCK_ROWS];
    }
    return undefined;
  }

  column(column: number): ColumnHead | undefined {
    return this.columns.get(column);
  }

  opens(row: number): boolean {
    return this.block(row, 0)?.opens[row % BLOCK_ROWS] ?? false;
  }

  // --- what is wanted ------------------------------------------------------------------------------------------

  /** This is in sight now; what was and is not any more is not fetched. */
  see(sight: Sight): void {
    this.sight = sight;
    this.fetch();
  }

  sortBy(sort: Sort | null): void {
    this.begin({ sort });
  }

  search(where: readonly Condition[]): void {
    this.begin({ where });
  }

  enter(row: number): void {
    // Of a mapping the first column is its keys; what else is nested is known by its place.
    const key = this.column(0)?.name === "key" ? this.cell(row, 0) : null;
    const label = key ?? `[${row}]`;
    this.begin({ path: [...this.state.path, { row, label }], head: null, sort: null, where: [] });
  }

  /** Out again, to so many steps of the path. */
  leaveTo(depth: number): void {
    this.begin({ path: this.state.path.slice(0, depth), head: null, sort: null, where: [] });
  }

  refresh(): void {
    this.begin({});
  }

  // --- fetching ------------------------------------------------------------------------------------------------

  private begin(change: Partial<TableState>): void {
    this.forget();
    this.become({ ...this.state, ...change, problem: null });
    this.fetch();
  }

  private forget(): void {
    this.generation += 1;
    this.blocks.clear();
    this.columns.clear();
    this.flying.clear();
  }

  private fetch(): void {
    const missing = this.wanted().filter(([row, column]) => !this.blocks.has(keyOf(row, column)));
    const asked = missing.filter(([row, column]) => this.flying.has(keyOf(row, column))).length;
    const stuck = this.state.problem !== null;
    if (!stuck) {
      for (const [row, column] of missing) {
        if (this.flying.size >= UNDER_WAY) break;
        if (!this.flying.has(keyOf(row, column))) this.ask(row, column);
      }
    }
    const busy = !stuck && (missing.length > 0 || asked > 0);
    if (busy !== this.state.busy) this.become({ ...this.state, busy });
  }

  /** Blocks that are in sight, by their place among blocks. */
  private wanted(): readonly (readonly [number, number])[] {
    const { head } = this.state;
    const within = ([from, to]: readonly [number, number], size: number, count: number | undefined) => {
      const last = Math.min(to, count ?? to);
      const blocks: number[] = [];
      for (let block = Math.floor(from / size); block * size < last; block += 1) blocks.push(block);
      return blocks;
    };
    const rows = within(this.sight.rows, BLOCK_ROWS, head?.rows);
    const columns = within(this.sight.columns, BLOCK_COLUMNS, head?.total_columns);
    // A table without rows has columns all the same, and one that is not known yet is begun at its corner.
    const down = head === null || rows.length === 0 ? [0] : rows;
    const across = head === null ? [0] : columns;
    return down.flatMap((row) => across.map((column) => [row, column] as const));
  }

  private ask(row: number, column: number): void {
    const { generation } = this;
    const key = keyOf(row, column);
    this.flying.add(key);
    const { sort, where, path } = this.state;
    const asked: LookAsk = {
      t: "look",
      of: this.of,
      path: path.map((step) => step.row),
      start: row * BLOCK_ROWS,
      count: BLOCK_ROWS,
      first_column: column * BLOCK_COLUMNS,
      columns: BLOCK_COLUMNS,
      sort,
      where: [...where],
    };
    void this.look(asked).then((told) => {
      if (generation !== this.generation) return;
      this.flying.delete(key);
      if (told.t === "told") this.take(key, column, told.answer);
      else if (told.t === "refused") this.become({ ...this.state, problem: told.problem });
      this.fetch();
    });
  }

  private take(key: string, column: number, table: TableView): void {
    const { head } = this.state;
    const { type, shape, total_rows, total_columns, rows, found, name, sorts } = table;
    const same = head?.rows === rows && head.total_rows === total_rows && head.total_columns === total_columns;
    // The notebook has changed the table meanwhile: what came before is of another one.
    if (head !== null && !same) this.forget();
    this.blocks.set(key, table);
    for (const [index, { name: called, type: of, numbers }] of table.columns.entries()) {
      this.columns.set(column * BLOCK_COLUMNS + index, { name: called, type: of, numeric: numbers.length > 0 });
    }
    for (const oldest of this.blocks.keys()) {
      if (this.blocks.size <= BLOCKS_KEPT) break;
      this.blocks.delete(oldest);
    }
    this.become({
      ...this.state,
      head: { type, shape, total_rows, total_columns, rows, found, name, sorts },
      problem: null,
    });
  }

  private block(row: number, column: number): TableView | undefined {
    return this.blocks.get(keyOf(Math.floor(row / BLOCK_ROWS), Math.floor(column / BLOCK_COLUMNS)));
  }

  private become(state: TableState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
