import { beforeEach, describe, expect, it } from "vitest";
import * as Y from "yjs";

import { cellMapOf, cellsOf } from "../../../src/doc/layout";
import { NotebookDoc } from "../../../src/doc/notebook-doc";
import { SearchDesk } from "../../../src/notebook/find/desk";
import { Finder } from "../../../src/notebook/find/finder";
import type { FromWorker, SearchWorker, ToWorker } from "../../../src/notebook/find/protocol";
import { Searcher } from "../../../src/notebook/find/searcher";
import { Selection } from "../../../src/notebook/model/selection";
import { RunStore } from "../../../src/runs/store";
import { LIMITS } from "../../../src/wire/types";
import { ManualClock } from "../../support/clock";
import { cellOutputs, stream } from "../../support/values";

/** The real desk behind a worker's port. `hangs`: it takes a request and never answers it. */
class FakeWorker implements SearchWorker {
  readonly sent: ToWorker[] = [];
  hangs = false;
  ended = false;
  /** Called before an answer comes: what others do meanwhile. */
  meanwhile: () => void = () => undefined;
  private readonly desk = new SearchDesk();
  private say: (message: FromWorker) => void = () => undefined;

  readonly post = (message: ToWorker): void => {
    this.sent.push(message);
    const answer = this.desk.take(message);
    if (answer === null || this.hangs) return;
    queueMicrotask(() => {
      this.meanwhile();
      if (!this.ended) this.say(answer);
    });
  };

  readonly listen = (listener: (message: FromWorker) => void): void => {
    this.say = listener;
    queueMicrotask(() => listener({ t: "ready" }));
  };

  readonly end = (): void => {
    this.ended = true;
  };
}

let book: NotebookDoc;
let runs: RunStore;
let selection: Selection;
let finder: Finder;
let workers: FakeWorker[];
let clock: ManualClock;
let hangs: boolean;

const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};
const texts = () => book.order().map((id) => book.cell(id)?.source.toJSON());
const places = () => finder.read().matches.map(({ cell, from }) => [cell, from]);

beforeEach(() => {
  const doc = new Y.Doc();
  doc.getMap("nb").set("metadata", new Y.Map());
  const sources = ["x = 1\nx += 1", "# About x", "print(x)"];
  sources.forEach((source, at) => {
    const type = at === 1 ? "markdown" : "code";
    cellsOf(doc).set(`c${at + 1}`, cellMapOf({ type, source, pos: `P${at + 1}` }));
  });
  book = new NotebookDoc(doc);
  runs = new RunStore();
  selection = new Selection(() => book.order());
  workers = [];
  clock = new ManualClock();
  hangs = false;
  const start = () => {
    const worker = new FakeWorker();
    worker.hangs = hangs;
    workers.push(worker);
    return worker;
  };
  const after = (ms: number, call: () => void) => clock.after(ms, call);
  const searcher = new Searcher({ start, after });
  const subscribeBook = () => () => undefined;
  finder = new Finder({ book: () => book, subscribeBook, runs, selection, searcher, after });
  finder.open();
});

describe("finding", () => {
  it("begins at the caret, or else at the cell that is selected, and goes round", async () => {
    finder.ask("x", { cell: "c1", from: 3 });
    selection.select("c1", "edit");
    await settled();
    finder.step(1);
    expect([finder.current()?.cell, finder.current()?.from]).toEqual(["c1", 6]);
    finder.ask("", { cell: "c1", from: 3 });
    finder.step(-1);
    expect([finder.current()?.cell, finder.current()?.from]).toEqual(["c1", 0]);
    selection.select("c3");
    finder.ask("", null);
    finder.step(1);
    expect(finder.current()?.cell).toBe("c3");
    finder.step(1);
    expect([finder.current()?.cell, finder.current()?.from]).toEqual(["c1", 0]);
  });

  it("goes through code and text in the order of the page, and round", async () => {
    finder.look({ text: "x", wholeWord: true });
    await settled();
    expect(places()).toEqual([
      ["c1", 0],
      ["c1", 6],
      ["c2", 8],
      ["c3", 6],
    ]);
    selection.select("c2");
    finder.step(1);
    expect(finder.current()?.cell).toBe("c2");
    finder.step(1);
    finder.step(1);
    expect(finder.current()).toMatchObject({ cell: "c1", from: 0 });
    finder.step(-1);
    expect(finder.current()?.cell).toBe("c3");
  });

  it("looks where it is told to", async () => {
    finder.look({ text: "x" });
    finder.lookIn({ code: false });
    await settled();
    expect(places()).toEqual([["c2", 8]]);
    selection.select("c3");
    finder.lookIn({ code: true, onlySelected: true });
    await settled();
    expect(places()).toEqual([["c3", 6]]);
  });

  it("looks in outputs, and says which were searched in part", async () => {
    const log = stream({ text: "x marks", text_end: "the end", omitted: 500 });
    const snapshot = { rev: 1, kernel: null, runtime: null, saved: { at: null, pending: false, cause: null } };
    const rest = { executions: [], prompts: [], widgets: [], threads: [], comments: [] };
    const cells = [cellOutputs({ cell_id: "c3", outputs: [log] })];
    runs.reset({ ...snapshot, ...rest, cells });
    finder.look({ text: "marks" });
    finder.lookIn({ outputs: true });
    await settled();
    expect(finder.read().matches).toMatchObject([{ cell: "c3", part: "output", from: 2 }]);
    expect(finder.read().partly).toEqual(["c3"]);
  });

  it("follows what others type, and stays at its match", async () => {
    finder.look({ text: "x" });
    await settled();
    finder.go(2);
    book.spliceSource("c1", 0, 0, "x");
    clock.advance(200);
    await settled();
    expect(finder.read().count).toBe(5);
    expect(finder.current()).toMatchObject({ cell: "c2", from: 8 });
  });

  it("sends only texts that changed", async () => {
    finder.look({ text: "x" });
    await settled();
    book.spliceSource("c3", 0, 0, "#");
    clock.advance(200);
    await settled();
    const sent = workers[0]?.sent.filter((message) => message.t === "texts") ?? [];
    expect(sent.map(({ set }) => set.length)).toEqual([3, 1]);
  });

  it("ends an expression that takes too long, and says so; the next one is searched anew", async () => {
    hangs = true;
    finder.look({ text: "(a+)+$", regex: true });
    await settled();
    hangs = false;
    clock.advance(LIMITS.FIND_SECONDS * 1000 + 1);
    await settled();
    expect(workers[0]?.ended).toBe(true);
    expect(finder.read().trouble).toEqual({ t: "slow" });
    finder.look({ text: "x", regex: false });
    await settled();
    expect(finder.read()).toMatchObject({ trouble: null, count: 4 });
  });

  it("says what is wrong with an expression, without asking anybody", () => {
    finder.look({ text: "[", regex: true });
    expect(finder.read().trouble?.t).toBe("invalid");
    expect(workers).toEqual([]);
  });
});

describe("replacing", () => {
  it("replaces one and goes to the next", async () => {
    finder.look({ text: "x" });
    finder.replaceBy("xx");
    await settled();
    finder.step(1);
    const done = finder.replace();
    await settled();
    expect(await done).toBe(true);
    expect(texts()[0]).toBe("xx = 1\nx += 1");
    expect(finder.current()).toMatchObject({ cell: "c1", from: 7 });
  });

  it("replaces all as one step for undo", async () => {
    finder.look({ text: "x", wholeWord: true });
    finder.replaceBy("count");
    await settled();
    const made = await finder.replaceAll();
    expect(texts()).toEqual(["count = 1\ncount += 1", "# About count", "print(count)"]);
    expect(made).toMatchObject({ t: "done", count: 4, cells: 3, left: 0 });
    if (made.t === "done") expect(made.undo()).toBe(true);
    expect(texts()).toEqual(["x = 1\nx += 1", "# About x", "print(x)"]);
  });

  it("does not take back what was done since", async () => {
    finder.look({ text: "x" });
    finder.replaceBy("y");
    await settled();
    const made = await finder.replaceAll();
    book.insert("new", "code", 0);
    expect(made.t === "done" && made.undo()).toBe(false);
    expect(texts()[1]).toBe("y = 1\ny += 1");
  });

  it("keeps what others type in the same moment", async () => {
    finder.look({ text: "x" });
    finder.replaceBy("long_name");
    await settled();
    const [worker] = workers;
    if (worker === undefined) throw new Error("No worker was started");
    let once = true;
    worker.meanwhile = () => {
      if (once) book.spliceSource("c1", 6, 7, "z");
      once = false;
    };
    const made = await finder.replaceAll();
    expect(texts()[0]).toBe("long_name = 1\nz += 1");
    expect(made).toMatchObject({ count: 3, left: 1 });
  });

  it("replaces no more than one edit may have, and counts the rest", async () => {
    book.setSource("c3", "a".repeat(LIMITS.FIND_MATCHES + 5));
    finder.look({ text: "a", matchCase: true });
    finder.lookIn({ text: false });
    finder.replaceBy("b");
    await settled();
    expect(finder.read().count).toBe(LIMITS.FIND_MATCHES + 5);
    const made = await finder.replaceAll();
    expect(made).toMatchObject({ count: LIMITS.FIND_MATCHES, left: 5 });
    expect(texts()[2]).toBe("b".repeat(LIMITS.FIND_MATCHES) + "a".repeat(5));
  });
});
