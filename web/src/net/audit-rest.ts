/** The HTTP side of the audit log (docs/accounts.md). */
import type { Rest } from "./rest";

export interface AuditEntry {
  readonly key: number;
  readonly at: string;
  /** An account's id, `server`, or "" for who was not signed in. */
  readonly who: string;
  readonly address: string;
  readonly what: string;
  readonly about: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The newest first; `before` asks for the rest. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly before: number | null;
}

export class AuditRest {
  private readonly rest: Rest;

  constructor(rest: Rest) {
    this.rest = rest;
  }

  /** `wanted`: the query of a filter (admin/model/audit-filter.ts). */
  page(wanted: URLSearchParams, before: number | null, signal: AbortSignal): Promise<AuditPage> {
    const query = new URLSearchParams(wanted);
    if (before !== null) query.set("before", String(before));
    return this.rest.json("GET", `/admin/audit?${query.toString()}`, undefined, signal);
  }
}

export function auditExport(wanted: URLSearchParams, format: "csv" | "jsonl"): string {
  const query = new URLSearchParams(wanted);
  query.set("format", format);
  return `/api/v1/admin/audit/export?${query.toString()}`;
}
