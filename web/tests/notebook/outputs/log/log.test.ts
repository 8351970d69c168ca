import { expect, test } from "vitest";

import type { LogLines, LogMatches, LogPlace } from "../../../../src/net/rest";
import { marked } from "../../../../src/notebook/outputs/log/highlight";
import { Roll } from "../../../../src/notebook/outputs/log/log-roll";
import {
  heightOf,
  isExact,
  lastPlace,
  moved,
  placeOf,
  TALLEST_PX,
  topOf,
} from "../../../../src/notebook/outputs/log/log-scroll";
import { LogSearch, neighbour } from "../../../../src/notebook/outputs/log/log-search";
import { LogSource, PAGE_LINES } from "../../../../src/notebook/outputs/log/log-source";
import { parseAnsi } from "../../../../src/runs/ansi";
import { LIMITS } from "../../../../src/wire/types";

const geometry = (total: number, wraps = false) => ({ total, linePx: 20, viewPx: 600, wraps });
const plainly = () => undefined;
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test("the scroll bar is a distance as long as the browser can hold it, and a share beyond that", () => {
  expect([isExact(geometry(600_000)), isExact(geometry(1_000_000)), isExact(geometry(10, true))]).toEqual([
    true,
    false,
    false,
  ]);
  for (const total of [0, 1, 29, 30, 31, 5_000, 600_000, 1_000_000, 10_000_000]) {
    const whole = geometry(total);
    const most = heightOf(whole) - whole.viewPx;
    expect(heightOf(whole)).toBeLessThanOrEqual(TALLEST_PX);
    expect(placeOf(0, whole)).toEqual({ line: 0, px: 0 });
    expect(placeOf(most, whole)).toEqual(lastPlace(whole));
    expect(topOf(lastPlace(whole), whole)).toBeCloseTo(most, 6);
    const middle = placeOf(most / 2, whole);
    expect(topOf(middle, whole)).toBeCloseTo(most / 2, 4);
  }
});

test("a small movement goes by the heights that lines have", () => {
  const heights = (line: number) => (line === 3 ? 60 : undefined);
  expect(moved({ line: 2, px: 0 }, 30, geometry(100, true), heights)).toEqual({ line: 3, px: 10 });
  expect(moved({ line: 2, px: 0 }, 85, geometry(100, true), heights)).toEqual({ line: 4, px: 5 });
  expect(moved({ line: 4, px: 5 }, -85, geometry(100, true), heights)).toEqual({ line: 2, px: 0 });
  expect(moved({ line: 1, px: 0 }, -500, geometry(100), plainly)).toEqual({ line: 0, px: 0 });
});

test("any line is gone to, however many there are, and the end is followed until a person scrolls up", () => {
  const roll = new Roll(true);
  roll.measure({ total: 10_000_000, viewPx: 600 });
  expect(roll.read().place).toEqual({ line: 9_999_970, px: 0 });
  roll.measure({ total: 10_000_100 });
  expect(roll.read().place.line).toBe(10_000_070);
  roll.scrolled(TALLEST_PX - 600, TALLEST_PX - 640, TALLEST_PX - 600, plainly);
  expect(roll.read()).toMatchObject({ follows: false, place: { line: 10_000_068, px: 0 } });
  roll.measure({ total: 10_000_200 });
  expect(roll.read().place.line).toBe(10_000_068);
  roll.goTo(7_654_321);
  expect(roll.read()).toMatchObject({ chosen: 7_654_321, place: { line: 7_654_306 } });
  roll.goToEnd();
  expect(roll.read()).toMatchObject({ follows: true, place: { line: 10_000_170 } });
});

test("the end of lines that wrap is at the lower edge, whatever their heights", () => {
  const roll = new Roll(false);
  roll.measure({ total: 100, viewPx: 600, wraps: true });
  const tall = () => 60;
  roll.goToEnd();
  expect(roll.read().place).toEqual({ line: 70, px: 0 });
  roll.fill(600 - 30 * 60, tall);
  expect(roll.read().place).toEqual({ line: 90, px: 0 });
  roll.unfollow();
  roll.fill(-40, tall);
  expect(roll.read().place).toEqual({ line: 90, px: 0 });
  roll.fill(60, tall);
  expect(roll.read().place).toEqual({ line: 89, px: 0 });
});

/** A text that a server has, and what was asked of it. */
function served(text: () => readonly string[], stable: () => number) {
  const asked: [number, number][] = [];
  const fetchLines = (first: number, count: number): Promise<LogLines> => {
    asked.push([first, count]);
    const lines = text().slice(first, first + Math.min(count, 150));
    return Promise.resolve({ first, lines, total: text().length, stable: stable(), cut: {} });
  };
  return { source: new LogSource(fetchLines), asked };
}

test("what is in sight is fetched, page by page, and what is settled only once", async () => {
  let lines = Array.from({ length: 1_000 }, (_, at) => `line ${at}`);
  const { source, asked } = served(
    () => lines,
    () => 900,
  );
  source.want(0, 40);
  for (let round = 0; round < 5; round += 1) await settled();
  expect([source.state, source.total, source.line(39)?.text]).toEqual(["ready", 1_000, "line 39"]);
  expect(asked).toEqual([
    [0, PAGE_LINES],
    [150, PAGE_LINES - 150],
    [300, PAGE_LINES - 300],
  ]);
  expect(source.line(900)).toBeNull();
  source.want(880, 920);
  for (let round = 0; round < 5; round += 1) await settled();
  expect(source.line(999)?.text).toBe("line 999");
  lines = [...lines.slice(0, -1), "line 999 goes on", "new"];
  asked.length = 0;
  source.refresh();
  for (let round = 0; round < 5; round += 1) await settled();
  expect([source.total, source.line(999)?.text, source.line(1_000)?.text]).toEqual([1_001, "line 999 goes on", "new"]);
  expect(asked.every(([first, count]) => count === 0 || first >= 2 * PAGE_LINES)).toBe(true);
});

test("a colour goes on from line to line", async () => {
  const { source } = served(
    () => ["\x1b[31mred", "still red\x1b[0m", "plain"],
    () => 3,
  );
  source.want(0, 3);
  for (let round = 0; round < 5; round += 1) await settled();
  expect([0, 1, 2].map((line) => source.line(line)?.start.color)).toEqual([null, "red", null]);
});

test("a search goes on until all is seen, tells what it has, and ends at its limit", async () => {
  const places: LogPlace[] = [];
  const parts: Record<number, Omit<LogMatches, "total" | "searched">> = {
    0: { lines: [1, 4], next: { offset: 50, line: 4 } },
    50: { lines: [4, 9], next: null },
  };
  const search = new LogSearch((_query, place) => {
    places.push(place);
    return Promise.resolve({ ...(parts[place.offset] ?? { lines: [], next: null }), searched: 50, total: 100 });
  });
  const phases: string[] = [];
  search.subscribe(() => phases.push(search.read().phase));
  search.find({ text: "x", matchCase: true });
  for (let round = 0; round < 5; round += 1) await settled();
  expect(search.read()).toMatchObject({ lines: [1, 4, 9], phase: "done" });
  expect(places.map(({ offset }) => offset)).toEqual([0, 50]);
  expect(phases[0]).toBe("searching");
  const many = new LogSearch((_query, { line }) =>
    Promise.resolve({
      lines: Array.from({ length: 60_000 }, (_, at) => line + at),
      next: { offset: line + 60_000, line: line + 60_000 },
      searched: 1,
      total: 10,
    }),
  );
  many.find({ text: "x", matchCase: true });
  for (let round = 0; round < 5; round += 1) await settled();
  expect(many.read().phase).toBe("full");
  expect(many.read().lines.length).toBeGreaterThanOrEqual(LIMITS.SEARCH_LINES_KEPT);
});

test("a search that is given up says nothing more", async () => {
  let answer: (matches: LogMatches) => void = () => undefined;
  const search = new LogSearch(() => new Promise((resolve) => (answer = resolve)));
  search.find({ text: "old", matchCase: false });
  const late = answer;
  search.find({ text: "", matchCase: false });
  late({ lines: [7], next: null, searched: 1, total: 1 });
  await settled();
  expect(search.read()).toMatchObject({ lines: [], phase: "idle" });
});

test("matches are gone through in both directions, and round", () => {
  const lines = [3, 8, 20];
  expect([3, 8, 25].map((line) => lines[neighbour(lines, line, 1)])).toEqual([8, 20, 3]);
  expect([3, 8, 25].map((line) => lines[neighbour(lines, line, -1)])).toEqual([20, 3, 20]);
  expect(neighbour([], 3, 1)).toBe(-1);
});

test("a match is marked across colours, and only it", () => {
  const { spans } = parseAnsi("an er\x1b[31mror and an ERROR");
  const parts = (matchCase: boolean) =>
    marked(spans, { text: "error", matchCase }).map(({ text, marked: isMarked }) => (isMarked ? `[${text}]` : text));
  expect(parts(true)).toEqual(["an ", "[er]", "[ror]", " and an ERROR"]);
  expect(parts(false)).toEqual(["an ", "[er]", "[ror]", " and an ", "[ERROR]"]);
  expect(marked(spans, null).map(({ text }) => text)).toEqual(["an er", "ror and an ERROR"]);
});
