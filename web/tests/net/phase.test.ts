import { expect, test } from "vitest";

import { retryDelay } from "../../src/net/backoff";
import { CONNECT_MS, type Phase, type PhaseEvent, step, type Surroundings } from "../../src/net/phase";

const around: Surroundings = { now: 100, random: 0.5, online: true };
const START: Phase = { t: "connecting", attempt: 0, cause: null };

function after(phase: Phase, ...events: PhaseEvent[]): Phase {
  return events.reduce((before, event) => step(before, event, around).phase, phase);
}

const closed = (code: number, reason = ""): PhaseEvent => ({ t: "closed", code, reason });

test("delays double up to a limit, and chance takes away at most half", () => {
  expect([0, 1, 2, 3].map((attempt) => retryDelay(attempt, 0.999999))).toEqual([400, 800, 1600, 3200]);
  expect(retryDelay(50, 0.999999)).toBe(15_000);
  expect(retryDelay(50, 0)).toBe(7_500);
});

test("a dial that is not answered in time is given up", () => {
  const dialled = step(START, { t: "start" }, around);
  expect(dialled.effects).toEqual([{ t: "dial" }, { t: "setAlarm", at: around.now + CONNECT_MS }]);
  const given = step(dialled.phase, { t: "due" }, around);
  expect(given.phase).toMatchObject({ t: "waiting", cause: { code: "unreachable" } });
  expect(given.effects[0]).toEqual({ t: "hangUp" });
});

test("attempts without success wait longer and longer, and a welcome begins anew", () => {
  const waits = (phase: Phase) => (phase.t === "waiting" ? phase.retryAt - around.now : 0);
  const first = after(START, closed(1006));
  const second = after(first, { t: "due" }, closed(1006));
  expect(waits(second)).toBeGreaterThan(waits(first));
  const again = after(second, { t: "due" }, { t: "welcomed" }, closed(1006));
  expect(waits(again)).toBeLessThanOrEqual(waits(first));
});

test("the cause of a loss is named", () => {
  const causeOf = (event: PhaseEvent, online = true) => {
    const { phase } = step({ t: "open" }, event, { ...around, online });
    return phase.t === "waiting" ? phase.cause.code : phase.t;
  };
  expect(causeOf(closed(1012))).toBe("server-stops");
  expect(causeOf(closed(1006))).toBe("unreachable");
  expect(causeOf(closed(1006), false)).toBe("offline");
  expect(causeOf(closed(4429))).toBe("too-slow");
});

test("closing codes that no new try would change are refusals, with the server's reason", () => {
  for (const code of [4400, 4401, 4403, 4404, 4426, 1009]) expect(after({ t: "open" }, closed(code)).t).toBe("refused");
  const phase = after({ t: "open" }, closed(4400, "update-too-large: too much"));
  expect(phase.t === "refused" && phase.problem.detail).toContain("update-too-large: too much");
});

test("a refusal that names a time waits for it; one that names none ends the tries", () => {
  const problem = { code: "busy", title: "Busy", detail: "", status: 503 };
  expect(after(START, { t: "refused", problem, again: 3 })).toMatchObject({ t: "waiting", retryAt: 3100 });
  const refused = after(START, { t: "refused", problem, again: null });
  expect(refused).toEqual({ t: "refused", problem });
  expect(after(refused, { t: "wake" })).toBe(refused);
  expect(after(refused, { t: "tryNow" }).t).toBe("connecting");
});

test("coming back online or into sight dials at once while waiting, and disturbs nothing while open", () => {
  expect(after(after(START, closed(1006)), { t: "wake" })).toMatchObject({ t: "connecting", attempt: 0 });
  expect(after({ t: "open" }, { t: "wake" })).toEqual({ t: "open" });
});

test("a stopped connection stays stopped until it is started", () => {
  const stopped = after({ t: "open" }, { t: "stop" });
  expect(after(stopped, { t: "tryNow" }, { t: "wake" }, closed(1006))).toEqual({ t: "stopped" });
  expect(after(stopped, { t: "start" }).t).toBe("connecting");
});
