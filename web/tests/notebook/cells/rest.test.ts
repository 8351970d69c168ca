import { beforeEach, expect, test } from "vitest";

import { Rest } from "../../../src/notebook/cells/rest";
import { ManualClock } from "../../support/clock";

let clock: ManualClock;
let frames: (() => void)[];
let done: string[];
let rest: Rest;

beforeEach(() => {
  clock = new ManualClock();
  [frames, done] = [[], []];
  rest = new Rest(clock, (call) => frames.push(call));
});

const put = (name: string, of = name) => rest.when(of, () => done.push(name));

test("what is asked for at rest is done at once", () => {
  put("a");
  expect(done).toEqual(["a"]);
});

test("what is asked for while one scrolls waits until that has ended", () => {
  rest.scrolled(0);
  put("a");
  clock.advance(100);
  rest.scrolled(0);
  clock.advance(100);
  expect(done).toEqual([]);
  clock.advance(100);
  expect(done).toEqual(["a"]);
});

test("many are done a few at a time, with frames between them, in their order", () => {
  rest.scrolled(0);
  for (const name of "abcdefg") put(name);
  clock.advance(200);
  expect(done).toEqual(["a", "b", "c"]);
  put("h");
  frames.shift()?.();
  expect(done).toEqual(["a", "b", "c", "d", "e", "f"]);
  rest.scrolled(0);
  frames.shift()?.();
  expect(done).toHaveLength(6);
  clock.advance(200);
  expect(done.join("")).toBe("abcdefgh");
});

test("the last wish of one counts, and none of what is gone", () => {
  const [one, other] = ["one", "other"];
  rest.scrolled(0);
  put("near", one);
  put("other", other);
  put("far", one);
  rest.forget(other);
  clock.advance(500);
  expect(done).toEqual(["far"]);
});

test("the view flies while it passes more than one can read, however uneven the events are", () => {
  const way = (...places: number[]) =>
    places.map((place) => {
      clock.advance(16);
      rest.scrolled(place);
      return rest.flies;
    });
  expect(way(0, 30, 60)).toEqual([false, false, false]);
  expect(way(600, 610, 1_200, 1_210)).toEqual([true, true, true, true]);
  expect(way(1_220, 1_230, 1_240, 1_250, 1_260, 1_270, 1_280).at(-1)).toBe(false);
  clock.advance(1_000);
  expect(way(99_000, 99_010)).toEqual([false, false]);
  way(99_600);
  expect([rest.scrolls, rest.flies]).toEqual([true, true]);
  clock.advance(200);
  expect([rest.scrolls, rest.flies]).toEqual([false, false]);
});
