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
  rest.scrolled();
  put("a");
  clock.advance(100);
  rest.scrolled();
  clock.advance(100);
  expect(done).toEqual([]);
  clock.advance(100);
  expect(done).toEqual(["a"]);
});

test("many are done a few at a time, with frames between them, in their order", () => {
  rest.scrolled();
  for (const name of "abcdefg") put(name);
  clock.advance(200);
  expect(done).toEqual(["a", "b", "c"]);
  put("h");
  frames.shift()?.();
  expect(done).toEqual(["a", "b", "c", "d", "e", "f"]);
  rest.scrolled();
  frames.shift()?.();
  expect(done).toHaveLength(6);
  clock.advance(200);
  expect(done.join("")).toBe("abcdefgh");
});

test("the last wish of one counts, and none of what is gone", () => {
  const [one, other] = ["one", "other"];
  rest.scrolled();
  put("near", one);
  put("other", other);
  put("far", one);
  rest.forget(other);
  clock.advance(500);
  expect(done).toEqual(["far"]);
});
