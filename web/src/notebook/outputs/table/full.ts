/** The whole of a DataFrame, page by page, from the kernel that showed it. Plain: `ask` comes from outside. */
import type { Told } from "../../../net/asks";
import type { AskBody, Condition, LookAsk, Problem, Shown, TableView } from "../../../wire/types";
import { LIMITS } from "../../../wire/types";
import type { Filter, SortBy } from "./rows";

export interface FullQuery {
  readonly start: number;
  readonly count: number;
  readonly firstColumn: number;
  readonly sort: SortBy | null;
  readonly filter: Filter;
}

export type FullAnswer =
  | { readonly t: "page"; readonly view: TableView }
  | { readonly t: "refused"; readonly problem: Problem }
  | { readonly t: "superseded" };

export const FULL_COLUMNS = Math.min(50, LIMITS.LOOK_COLUMNS);

export function lookFor(of: Shown, { start, count, firstColumn, sort, filter }: FullQuery): LookAsk {
  const where: Condition[] =
    filter.text.trim() === "" ? [] : [{ column: filter.column ?? -1, op: "has", value: filter.text.trim() }];
  return { t: "look", of, path: [], start, count, first_column: firstColumn, columns: FULL_COLUMNS, sort, where };
}

export async function fullPage(
  ask: (body: AskBody & { t: "look" }, lane: string) => Promise<Told<TableView>>,
  of: Shown,
  query: FullQuery,
): Promise<FullAnswer> {
  const told = await ask(lookFor(of, query), `table ${of.execution_id} ${of.ordinal} ${String(of.result)}`);
  if (told.t === "told") return { t: "page", view: told.answer };
  return told;
}
