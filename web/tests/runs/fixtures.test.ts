/** The fixtures that hold this view and src/noctule/runs/view.py to the same results. */
import { readdirSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { applyOps, snapshotOf, viewOf } from "../../src/runs/view";
import { complete } from "../../src/wire/complete";
import { type Op, type RunSnapshot, UNIONS } from "../../src/wire/types";

interface Fixture {
  readonly start: unknown;
  /** The operations of each revision. */
  readonly ops: readonly (readonly unknown[])[];
  readonly view: unknown;
}

const FOLDER = "../contract/fixtures/runs";
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

test("there are fixtures", () => expect(files.length).toBeGreaterThan(10));

test.each(files)("%s gives the view that the server has", (file) => {
  const fixture = JSON.parse(readFileSync(`${FOLDER}/${file}`, "utf-8")) as Fixture;
  let view = viewOf(complete<RunSnapshot>(fixture.start, "RunSnapshot"));
  for (const ops of fixture.ops) view = applyOps(view, view.rev + 1, complete<Op[]>(ops, { list: UNIONS.Op }));
  expect(snapshotOf(view)).toEqual(complete<RunSnapshot>(fixture.view, "RunSnapshot"));
});
