import { expect, test } from "vitest";

import { between, spread } from "../../src/doc/fractional";

/** Numbers from a seed, so that a failure can be repeated. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const wellFormed = (position: string) => /^[0-9A-Za-z]*[1-9A-Za-z]$/.test(position);

test("there is a position between any two, before the first and after the last, for thousands of random inserts", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = seeded(seed);
    const positions: string[] = [];
    for (let count = 0; count < 500; count += 1) {
      const at = Math.floor(random() * (positions.length + 1));
      const made = between(positions[at - 1] ?? null, positions[at] ?? null);
      expect(wellFormed(made), made).toBe(true);
      positions.splice(at, 0, made);
    }
    expect([...positions].sort()).toEqual(positions);
    expect(new Set(positions).size).toBe(positions.length);
  }
});

test("a notebook that grows at one end keeps short positions", () => {
  let last: string | null = null;
  for (let count = 0; count < 1000; count += 1) last = between(last, null);
  expect(last?.length).toBeLessThan(40);
  let first: string | null = null;
  for (let count = 0; count < 1000; count += 1) first = between(null, first);
  expect(first?.length).toBeLessThan(40);
});

test("positions made by the server, of any length, have room between them", () => {
  for (const [a, b] of [
    ["V", "V1"],
    ["Az", "B"],
    ["zz", null],
    ["0001", "0002"],
    [null, "01"],
    ["a", "a01"],
  ] as const) {
    const made = between(a, b);
    expect((a === null || a < made) && (b === null || made < b), `${String(a)} ${made} ${String(b)}`).toBe(true);
  }
});

test("what is not in order is a mistake of the caller", () => {
  expect(() => between("b", "a")).toThrow(RangeError);
  expect(() => between("a", "a")).toThrow(RangeError);
});

test("spread gives as many positions as asked for, in order", () => {
  for (const count of [0, 1, 2, 61, 62, 1000]) {
    const positions = spread(count);
    expect(positions).toHaveLength(count);
    expect([...new Set(positions)].sort()).toEqual(positions);
    expect(positions.every(wellFormed)).toBe(true);
  }
});
