/** Versions by the day on which they were made. Pure; the moment `now` is an argument. */
import type { RevisionInfo } from "../../net/revisions-rest";

export interface Day {
  /** Of the first of them, for a key. */
  readonly key: string;
  readonly title: string;
  readonly revisions: readonly RevisionInfo[];
}

export interface DayWords {
  readonly locale: string;
  readonly today: string;
  readonly yesterday: string;
}

const keyOf = (moment: Date) => `${moment.getFullYear()}-${moment.getMonth() + 1}-${moment.getDate()}`;

/** In the order in which they come, which is that of time. */
export function daysOf(revisions: readonly RevisionInfo[], now: number, words: DayWords): readonly Day[] {
  const days: { key: string; title: string; revisions: RevisionInfo[] }[] = [];
  for (const revision of revisions) {
    const at = new Date(revision.at);
    const key = keyOf(at);
    const last = days.at(-1);
    if (last?.key === key) last.revisions.push(revision);
    else days.push({ key, title: titleOf(at, new Date(now), words), revisions: [revision] });
  }
  return days;
}

function titleOf(at: Date, now: Date, { locale, today, yesterday }: DayWords): string {
  const before = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (keyOf(at) === keyOf(now)) return today;
  if (keyOf(at) === keyOf(before)) return yesterday;
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return at.toLocaleDateString(locale, { weekday: "long", month: "long", day: "numeric", ...year });
}

export const timeOf = ({ at }: RevisionInfo, locale: string): string =>
  new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });

/** Day and time in one, as a sentence names a version that has no name. */
export const momentOf = ({ at }: RevisionInfo, locale: string): string =>
  new Date(at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
