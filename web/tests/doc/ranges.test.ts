import { describe, expect, it } from "vitest";

import { covers, type Range } from "../../src/doc/ranges";

const ranges = (items: Iterable<number>): Range[] => [...items].map((clock) => ({ clock, len: 1 }));

describe("covers", () => {
  it("says of ranges what sets say of their items", () => {
    // All sets of four items, each against each, in both orders and as single or joined ranges.
    const sets = Array.from({ length: 16 }, (_, bits) => [0, 1, 2, 3].filter((item) => (bits >> item) & 1));
    for (const many of sets) {
      for (const few of sets) {
        const expected = few.every((item) => many.includes(item));
        expect(covers(ranges(many), ranges(few))).toBe(expected);
        expect(covers(ranges([...many].reverse()), ranges([...few].reverse()))).toBe(expected);
      }
    }
    const wide = [
      { clock: 0, len: 4 },
      { clock: 6, len: 4 },
    ];
    expect(covers(wide, [{ clock: 2, len: 6 }])).toBe(false);
    expect(covers(wide, [{ clock: 7, len: 3 }])).toBe(true);
    expect(covers([...wide, { clock: 3, len: 3 }], [{ clock: 2, len: 6 }])).toBe(true);
    expect(covers([], [{ clock: 5, len: 0 }])).toBe(true);
  });

  it("takes the deletions of a long life in its stride", () => {
    const many = Array.from({ length: 200_000 }, (_, at) => ({ clock: 2 * at, len: 1 }));
    const began = performance.now();
    expect(covers(many, many)).toBe(true);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
