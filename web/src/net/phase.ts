/**
 * The life of a page's connection, as a pure state machine: (phase, event, surroundings) -> (phase, effects).
 *
 *   connecting --welcomed--> open --closed--> waiting --due, tryNow, online, visible--> connecting ...
 *   any        --refused for good--> refused --tryNow--> connecting
 *   any        --stop--> stopped --start--> connecting
 *
 * Every phase that is not open has a cause. No socket, timer, clock or randomness in here.
 */
import {
  CLOSE_ACCESS_ENDED,
  CLOSE_NOT_FOUND,
  CLOSE_PROTOCOL,
  CLOSE_SERVER_STOPS,
  CLOSE_SLOW,
  CLOSE_UNAUTHORIZED,
  CLOSE_VERSION,
  type Problem,
} from "../wire/types";
import { retryDelay } from "./backoff";

/** Why there is no connection. The words for people are the page's (words/). */
export type LossCause =
  | { readonly code: "offline" | "server-stops" | "unreachable" | "silent" | "too-slow" | "new-epoch" }
  | { readonly code: "refused"; readonly problem: Problem };

export type Phase =
  | { readonly t: "connecting"; readonly attempt: number; readonly cause: LossCause | null }
  | { readonly t: "open" }
  | { readonly t: "waiting"; readonly attempt: number; readonly cause: LossCause; readonly retryAt: number }
  | { readonly t: "refused"; readonly problem: Problem }
  | { readonly t: "stopped" };

export type PhaseEvent =
  | { readonly t: "start" | "welcomed" | "due" | "wake" | "tryNow" | "stop" }
  | { readonly t: "closed"; readonly code: number; readonly reason: string }
  | { readonly t: "lost"; readonly cause: LossCause }
  | { readonly t: "refused"; readonly problem: Problem; readonly again: number | null };

export type Effect = { readonly t: "dial" | "hangUp" | "clearAlarm" } | { readonly t: "setAlarm"; readonly at: number };

export interface Surroundings {
  readonly now: number;
  readonly random: number;
  readonly online: boolean;
}

export interface Step {
  readonly phase: Phase;
  readonly effects: readonly Effect[];
}

export const CONNECT_MS = 10_000;
/** WebSocket's own code for a message that is too big. */
const CLOSE_TOO_LARGE = 1009;

const REFUSALS: Readonly<Record<number, Problem>> = {
  [CLOSE_UNAUTHORIZED]: { code: "no-session", title: "You are not signed in.", detail: "", status: 401 },
  [CLOSE_ACCESS_ENDED]: {
    code: "access-ended",
    title: "Your access to this notebook has ended.",
    detail: "Ask its owner if you need it.",
    status: 403,
  },
  [CLOSE_NOT_FOUND]: { code: "notebook-not-found", title: "This notebook does not exist.", detail: "", status: 404 },
  [CLOSE_VERSION]: {
    code: "version",
    title: "The server was updated.",
    detail: "Reload the page to go on; your changes are kept in this browser.",
    status: 426,
  },
  [CLOSE_PROTOCOL]: {
    code: "protocol",
    title: "The server did not accept what this page sent.",
    detail: "Reload the page; your changes are kept in this browser.",
    status: 400,
  },
  [CLOSE_TOO_LARGE]: {
    code: "frame-too-large",
    title: "A change is too large for the server.",
    detail: "Your changes are kept in this browser. Copy what you need, and reload the page.",
    status: 413,
  },
};

function dial(attempt: number, cause: LossCause | null, around: Surroundings): Step {
  return {
    phase: { t: "connecting", attempt, cause },
    effects: [{ t: "dial" }, { t: "setAlarm", at: around.now + CONNECT_MS }],
  };
}

function wait(phase: Phase, cause: LossCause, around: Surroundings, delay?: number): Step {
  const attempt = "attempt" in phase ? phase.attempt + 1 : 0;
  const retryAt = around.now + (delay ?? retryDelay(attempt, around.random));
  return {
    phase: { t: "waiting", attempt, cause, retryAt },
    effects: [{ t: "hangUp" }, { t: "setAlarm", at: retryAt }],
  };
}

function refuse(problem: Problem): Step {
  return { phase: { t: "refused", problem }, effects: [{ t: "hangUp" }, { t: "clearAlarm" }] };
}

function causeOf(code: number, around: Surroundings): LossCause {
  if (code === CLOSE_SERVER_STOPS) return { code: "server-stops" };
  if (code === CLOSE_SLOW) return { code: "too-slow" };
  return { code: around.online ? "unreachable" : "offline" };
}

function closed(phase: Phase, code: number, reason: string, around: Surroundings): Step {
  const refusal = REFUSALS[code];
  // It sent what it might send a moment ago: the next welcome says what it may now.
  if (code === CLOSE_UNAUTHORIZED && reason.startsWith("capability-refused")) {
    return dial(0, { code: "new-epoch" }, around);
  }
  if (refusal === undefined) return wait(phase, causeOf(code, around), around);
  return refuse(reason === "" ? refusal : { ...refusal, detail: `${reason}. ${refusal.detail}`.trim() });
}

const STAY: readonly Effect[] = [];

/** What a phase becomes, and what has to be done for it. An event that means nothing in a phase changes nothing. */
export function step(phase: Phase, event: PhaseEvent, around: Surroundings): Step {
  if (phase.t === "stopped" && event.t !== "start") return { phase, effects: STAY };
  if (event.t === "stop") return { phase: { t: "stopped" }, effects: [{ t: "hangUp" }, { t: "clearAlarm" }] };
  const live = phase.t === "connecting" || phase.t === "open";
  switch (event.t) {
    case "start":
      return dial(0, null, around);
    case "welcomed":
      return phase.t === "connecting"
        ? { phase: { t: "open" }, effects: [{ t: "clearAlarm" }] }
        : { phase, effects: STAY };
    case "closed":
      return live ? closed(phase, event.code, event.reason, around) : { phase, effects: STAY };
    case "lost":
      return live ? wait(phase, event.cause, around) : { phase, effects: STAY };
    case "refused":
      if (event.again === null) return refuse(event.problem);
      return wait(phase, { code: "refused", problem: event.problem }, around, event.again * 1000);
    case "due":
      if (phase.t === "waiting") return dial(phase.attempt, phase.cause, around);
      return phase.t === "connecting" ? wait(phase, causeOf(0, around), around) : { phase, effects: STAY };
    case "wake":
      return phase.t === "waiting" ? dial(0, phase.cause, around) : { phase, effects: STAY };
    case "tryNow":
      if (phase.t === "waiting") return dial(0, phase.cause, around);
      return phase.t === "refused" ? dial(0, null, around) : { phase, effects: STAY };
  }
}
