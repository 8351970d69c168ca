import { expect, it } from "vitest";

import { ProblemError } from "../../../src/net/rest";
import type { ComparisonInfo, Moment } from "../../../src/net/revisions-rest";
import { Comparing } from "../../../src/notebook/revisions/comparing";
import { settle } from "../../support/server";
import { cellThen } from "../../support/revisions";

const sides = (old: string) => ({ old: { notebook: "n", revision: old }, new: { notebook: "n", revision: "now" } });

class FakePort {
  readonly answers = new Map<string, { give: (info: ComparisonInfo) => void; fail: (error: unknown) => void }>();

  compare({ revision }: Moment): Promise<ComparisonInfo> {
    return new Promise((give, fail) => this.answers.set(revision, { give, fail }));
  }
  give(revision: string): void {
    this.answers
      .get(revision)
      ?.give({ old: null, new: null, metadata: [], rows: [{ fate: "added", new: cellThen(revision) }] });
  }
}

const shownIn = (comparing: Comparing) => comparing.read().compared?.rows.map(({ cell }) => cell.id) ?? null;

it("hears the latest comparison alone, and keeps the one before until it is there", async () => {
  const port = new FakePort();
  const comparing = new Comparing(port);
  void comparing.compare(sides("r1"));
  port.give("r1");
  await settle();
  expect([shownIn(comparing), comparing.read().busy]).toEqual([["r1"], false]);
  void comparing.compare(sides("r2"));
  void comparing.compare(sides("r3"));
  expect([shownIn(comparing), comparing.read().busy]).toEqual([["r1"], true]);
  port.give("r3");
  await settle();
  port.give("r2");
  await settle();
  expect([shownIn(comparing), comparing.read().busy]).toEqual([["r3"], false]);
});

it("shows why there is none, and nothing beside it", async () => {
  const port = new FakePort();
  const comparing = new Comparing(port);
  void comparing.compare(sides("r1"));
  port.give("r1");
  await settle();
  const problem = { code: "revision-not-found", title: "Gone", detail: "", status: 404 };
  void comparing.compare(sides("r2"));
  port.answers.get("r2")?.fail(new ProblemError(problem));
  await settle();
  expect(comparing.read()).toEqual({ compared: null, busy: false, problem });
});

it("is cleared for good: what was still asked for is not heard", async () => {
  const port = new FakePort();
  const comparing = new Comparing(port);
  void comparing.compare(sides("r1"));
  comparing.clear();
  port.give("r1");
  await settle();
  expect(comparing.read()).toEqual({ compared: null, busy: false, problem: null });
});
