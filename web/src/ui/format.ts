/** Numbers and moments as people read them. Pure; the moment `now` is an argument. */
import { strings } from "../words";

const words = strings.time;

export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return words.seconds(seconds.toFixed(1));
  if (seconds < 60) return words.seconds(String(Math.floor(seconds)));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return words.minutes(minutes, Math.floor(seconds % 60));
  return words.hours(Math.floor(minutes / 60), minutes % 60);
}

/** For the narrow gutter: at most five characters. */
export function shortDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))}ms`;
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  if (seconds < 60) return `${Math.floor(seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}`;
}

/** Whole seconds that count up: `7s`, `1:05`, `2h03`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 10 ? `${seconds}s` : shortDuration(seconds * 1000);
}

const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit] ?? ""}`;
}

export const count = (value: number): string => value.toLocaleString(strings.locale);

export function ago(moment: number, now: number): string {
  const minutes = Math.round((now - moment) / 60_000);
  if (minutes < 1) return words.justNow;
  if (minutes < 60) return words.minutesAgo(minutes);
  if (minutes < 24 * 60) return words.hoursAgo(Math.round(minutes / 60));
  return new Date(moment).toLocaleDateString(strings.locale, { year: "numeric", month: "short", day: "numeric" });
}

/** Day and time, the day left out when it is today's. */
export function moment(at: number, now: number = Date.now()): string {
  const [date, today] = [new Date(at), new Date(now)];
  const time = date.toLocaleTimeString(strings.locale);
  return date.toDateString() === today.toDateString() ? time : `${date.toLocaleDateString(strings.locale)} ${time}`;
}
