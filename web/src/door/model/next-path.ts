/** Where to go on after signing in: a path of this page and nothing else. Pure. */

/** As the server has it (http/links.py). */
const OWN_PATH = /^\/(?![/\\])[^\0-\x20\\\x7f]{0,1000}$/;

/** Addresses to which one is only led, and never back. */
const DOORS = /^\/(?:sign-in|invitation)(?:[/?#]|$)/;

/**
 * `//elsewhere`, `/\elsewhere`, `javascript:` and whole addresses become `/`: a link to the door must not lead to another
 * server afterwards (open redirects). What the browser itself makes of the path has the last word.
 */
export function nextPath(wanted: string | null, origin: string): string {
  if (wanted === null || !OWN_PATH.test(wanted) || DOORS.test(wanted)) return "/";
  const url = URL.parse(wanted, origin);
  return url?.origin === origin ? wanted : "/";
}

/** The address of the door, for who wants to be here. */
export function doorAddress(wanted: string): string {
  return wanted === "/" ? "/sign-in" : `/sign-in?${new URLSearchParams({ next: wanted }).toString()}`;
}
