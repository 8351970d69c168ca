/** The past of notebooks over HTTP, and what is different between two moments of one, or between two notebooks. */
import { complete } from "../wire/complete";
import type { CellOutputs } from "../wire/types";
import type { Rest } from "./rest";

export type RevisionKind = "automatic" | "before-import" | "before-restore" | "named";

/** `by`: who asked for it, "" when nobody did. `authors`: who wrote since the one before. */
export interface RevisionInfo {
  readonly id: string;
  readonly at: string;
  readonly kind: RevisionKind;
  readonly by: string;
  readonly authors: readonly string[];
  readonly cells: number;
  readonly size: number;
  readonly name: string | null;
}

/** The last one first; `before` asks for the rest. */
export interface RevisionPage {
  readonly revisions: readonly RevisionInfo[];
  readonly before: string | null;
}

export type Difference = "source" | "type" | "metadata" | "attachments" | "outputs";

/** A cell as it was. `metadata` only where it differs from what it is compared with. */
export interface CellThen {
  readonly id: string;
  readonly type: "code" | "markdown" | "raw";
  readonly source: string;
  readonly outputs?: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export type PairFate = "same" | "changed" | "added" | "removed";

/** Cells that belong together. Of those that are the same only `new`. A cell that was moved may be the same. */
export interface RowPair {
  readonly fate: PairFate;
  readonly old?: CellThen;
  readonly new?: CellThen;
  readonly moved?: boolean;
  readonly changed?: readonly Difference[];
}

/** `metadata`: keys of the notebook's own metadata that differ. */
export interface ComparisonInfo {
  readonly old: RevisionInfo | null;
  readonly new: RevisionInfo | null;
  readonly rows: readonly RowPair[];
  readonly metadata: readonly string[];
}

/** `kept`: the revision to go back to. `busy`: cells that run or wait, whose outputs were left as they are. */
export interface RestoredInfo {
  readonly kept: RevisionInfo;
  readonly busy: readonly string[];
}

/** In place of a revision: what the notebook says at this moment. */
export const NOW = "now";

/** A notebook at a moment: the id of a revision of it, or NOW. */
export interface Moment {
  readonly notebook: string;
  readonly revision: string;
}

const pathOf = (notebook: string) => `/notebooks/${encodeURIComponent(notebook)}`;
const revisionPath = ({ notebook, revision }: Moment) =>
  `${pathOf(notebook)}/revisions/${encodeURIComponent(revision)}`;

/** For a link: the .ipynb of a revision. */
export const revisionFile = (moment: Moment): string => `/api/v1${revisionPath(moment)}/file`;

export class RevisionsRest {
  private readonly rest: Pick<Rest, "json" | "send">;

  constructor(rest: Pick<Rest, "json" | "send">) {
    this.rest = rest;
  }

  page(notebook: string, before: string | null, named: boolean): Promise<RevisionPage> {
    const query = new URLSearchParams({ named: String(named), ...(before !== null && { before }) });
    return this.rest.json("GET", `${pathOf(notebook)}/revisions?${query.toString()}`);
  }

  /** Keeps this moment under a name. */
  pin(notebook: string, name: string): Promise<RevisionInfo> {
    return this.rest.json("POST", `${pathOf(notebook)}/revisions`, JSON.stringify({ name }));
  }

  /** null takes the name away: it is thinned like the others. */
  rename(moment: Moment, name: string | null): Promise<RevisionInfo> {
    return this.rest.json("PATCH", revisionPath(moment), JSON.stringify({ name }));
  }

  /** Deletes those that nobody named and that are older than so many days; how many. */
  async removeOlder(notebook: string, days: number): Promise<number> {
    const path = `${pathOf(notebook)}/revisions?days=${days}`;
    return (await this.rest.json<{ removed: number }>("DELETE", path)).removed;
  }

  async remove(moment: Moment): Promise<void> {
    await this.rest.send("DELETE", revisionPath(moment));
  }

  /** `cells` null: all of it. */
  restore(moment: Moment, cells: readonly string[] | null, outputs: boolean): Promise<RestoredInfo> {
    return this.rest.json("POST", `${revisionPath(moment)}/restore`, JSON.stringify({ cells, outputs }));
  }

  /** Of two notebooks what they say now; of one any two moments. */
  compare(from: Moment, to: Moment): Promise<ComparisonInfo> {
    const base = `${pathOf(from.notebook)}/compare`;
    if (from.notebook !== to.notebook) return this.rest.json("GET", `${base}/${encodeURIComponent(to.notebook)}`);
    const query = new URLSearchParams({ old: from.revision, new: to.revision });
    return this.rest.json("GET", `${base}?${query.toString()}`);
  }

  async outputs(moment: Moment, cell: string): Promise<CellOutputs> {
    const path = `${revisionPath(moment)}/cells/${encodeURIComponent(cell)}/outputs`;
    return complete(await this.rest.json<unknown>("GET", path), "CellOutputs");
  }
}
