/** The end of a grant as a day: it holds until that day is over, where the person is. Pure. */

/** As `<input type="date">` has it; "" for none. */
export function dayOf(expires: string | null): string {
  if (expires === null) return "";
  const moment = new Date(expires);
  const parts = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
  return parts.map((part, at) => String(part).padStart(at === 0 ? 4 : 2, "0")).join("-");
}

/** The last second of that day; null for none, and for what is no day. */
export function expiryOf(day: string): string | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  if (found === null) return null;
  const [, year, month, date] = found.map(Number);
  return new Date(year ?? 0, (month ?? 1) - 1, date ?? 1, 23, 59, 59).toISOString();
}

/** The first day that can be chosen. */
export const today = (now: number): string => dayOf(new Date(now).toISOString());
