/** How long to wait before the next try. Pure. */

const FIRST_MS = 400;
const LARGEST_MS = 15_000;

/** Doubles from attempt to attempt up to a limit; `random` in [0, 1) spreads pages that lost the server together. */
export function retryDelay(attempt: number, random: number): number {
  const whole = Math.min(LARGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(whole * (0.5 + random / 2));
}
