import { expect, test } from "vitest";

import { readSeparated } from "../../../src/notebook/model/csv";

test("quotes keep separators, line ends and quotes", () => {
  expect(readSeparated('a,b\n"x, y","say ""no""\nand go"\n')).toEqual({
    head: ["a", "b"],
    rows: [["x, y", 'say "no"\nand go']],
    cut: false,
  });
});

test("line ends of all systems, and a last line without one", () => {
  expect(readSeparated("a,b\r\n1,2\r3,4\n5,6").rows).toEqual([
    ["1", "2"],
    ["3", "4"],
    ["5", "6"],
  ]);
});

test("empty fields stay, empty lines do not", () => {
  expect(readSeparated("a,b,c\n,,\n\n1,,\n").rows).toEqual([
    ["", "", ""],
    ["1", "", ""],
  ]);
  expect(readSeparated("a,b\n1,").rows).toEqual([["1", ""]]);
  expect(readSeparated('a\n""').rows).toEqual([]);
});

test("the separator is the one that the first line has most of, not counting what is quoted", () => {
  expect(readSeparated('"a,b,c";d\n1;2').head).toEqual(["a,b,c", "d"]);
  expect(readSeparated("a\tb\n1,5\t2").rows).toEqual([["1,5", "2"]]);
  expect(readSeparated("only\none")).toEqual({ head: ["only"], rows: [["one"]], cut: false });
  expect(readSeparated("a,b\tc", "\t").head).toEqual(["a,b", "c"]);
});

test("a quote that is not closed, or not at the start, loses nothing", () => {
  expect(readSeparated('a,b\n"x,1\n2').rows).toEqual([["x,1\n2"]]);
  expect(readSeparated('a,b\n5" disk,"x"y').rows).toEqual([['5" disk', "xy"]]);
});

test("a field may be as long as a file", () => {
  const long = "x".repeat(5_000_000);
  expect(readSeparated(`a\n"${long}`).rows[0]?.[0]).toHaveLength(5_000_000);
});

test("nothing at all is nothing, and of too much the beginning is read, in whole lines", () => {
  expect(readSeparated("")).toEqual({ head: [], rows: [], cut: false });
  const { rows, cut } = readSeparated("a,b,c\n" + "1,2,3\n".repeat(200_000));
  expect(cut).toBe(true);
  expect(rows.length).toBeGreaterThan(100_000);
  expect(rows.at(-1)).toEqual(["1", "2", "3"]);
});
