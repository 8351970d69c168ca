import { describe, expect, it } from "vitest";

import type { RevisionInfo } from "../../../src/net/revisions-rest";
import { daysOf, timeOf } from "../../../src/notebook/revisions/days";
import { revision } from "../../support/revisions";

const words = { locale: "en-GB", today: "Today", yesterday: "Yesterday" };
const at = (year: number, month: number, day: number, hour = 12) => new Date(year, month - 1, day, hour).toISOString();
const made = (moments: readonly string[]): readonly RevisionInfo[] =>
  moments.map((moment, index) => revision({ id: `r${index}`, at: moment }));

describe("days", () => {
  const now = new Date(2026, 2, 1, 0, 30).getTime();

  it("are told by the calendar, not by 24 hours", () => {
    const moments = [at(2026, 3, 1, 0), at(2026, 2, 28, 23), at(2026, 2, 28, 1), at(2026, 2, 27), at(2025, 12, 31)];
    const days = daysOf(made(moments), now, words);
    expect(days.map(({ title }) => title)).toEqual([
      "Today",
      "Yesterday",
      // Another version of the browser's data has a comma here.
      expect.stringMatching(/^Friday,? 27 February$/),
      expect.stringMatching(/^Wednesday,? 31 December 2025$/),
    ]);
    expect(days.map(({ revisions }) => revisions.length)).toEqual([1, 2, 1, 1]);
    expect(new Set(days.map(({ key }) => key)).size).toBe(4);
  });

  it("are none without versions", () => {
    expect(daysOf([], now, words)).toEqual([]);
  });
});

it("a time has hours and minutes", () => {
  expect(timeOf(revision({ at: at(2026, 3, 1, 9) }), "en-GB")).toBe("09:00");
});
