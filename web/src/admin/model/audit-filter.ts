/** Which rows of the audit log are wanted, and what they say. Pure. */
import type { AuditEntry } from "../../net/audit-rest";

export interface AuditFilter {
  /** An account's id, `server`, or "" for anybody. */
  readonly who: string;
  /** A word of the log, or the first part of several; "" for anything. */
  readonly what: string;
  /** Days, as a date field has them (2026-11-22); "" without a bound. */
  readonly from: string;
  readonly to: string;
}

export const EVERYTHING: AuditFilter = { who: "", what: "", from: "", to: "" };

/** The first moment of a day where the person is, `later` days on; null for what is no day. */
function dayAt(day: string, later: number): string | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (found === null) return null;
  const at = new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]) + later);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** For the server. `to` is a whole day: up to the beginning of the next. */
export function auditQuery({ who, what, from, to }: AuditFilter): URLSearchParams {
  const wanted: readonly (readonly [string, string | null])[] = [
    ["who", who || null],
    ["what", what || null],
    ["from", dayAt(from, 0)],
    ["to", dayAt(to, 1)],
  ];
  return new URLSearchParams(wanted.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** The account that it was done to, when that is not who did it; else "". */
export function aboutAccount({ what, who, about }: Pick<AuditEntry, "what" | "who" | "about">): string {
  return /^(?:account|password)-/.test(what) && about !== who ? about : "";
}

/** The detail as `name: value`, what is empty left out. */
export function detailText(detail: AuditEntry["detail"]): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null && value !== "" && value !== false)
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : Array.isArray(value) ? value.join(" ") : JSON.stringify(value);
      return value === true ? name : `${name}: ${text}`;
    })
    .join(", ");
}
