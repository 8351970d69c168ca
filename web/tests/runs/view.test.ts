import { expect, test } from "vitest";

import { applyOps, appendText, codePoints, snapshotOf, viewOf } from "../../src/runs/view";
import { LIMITS, type Op, type RunSnapshot, type TextAppend } from "../../src/wire/types";
import { EMPTY_RUNS } from "../support/server";
import { cellOutputs, execution, stream } from "../support/values";

function append(fields: Partial<TextAppend>): TextAppend {
  return {
    t: "text",
    cell_id: "c1",
    execution_id: "x1",
    output_id: "o1",
    text: "",
    tail: "",
    skipped: 0,
    cursor: null,
    terminal: "",
    ...fields,
  };
}

const apply = (snapshot: RunSnapshot, ...ops: Op[]) => snapshotOf(applyOps(viewOf(snapshot), snapshot.rev + 1, ops));

const showing: RunSnapshot = { ...EMPTY_RUNS, cells: [cellOutputs({ outputs: [stream({ text: "a\n", chars: 2 })] })] };

test("text grows, and its unfinished end is replaced", () => {
  const { cells } = apply(showing, append({ text: "b\n", tail: "50%" }), append({ tail: "100%" }));
  expect(cells[0]?.outputs).toEqual([stream({ text: "a\nb\n", tail: "100%", chars: 4 })]);
});

test("operations on an execution that the cell no longer shows change nothing", () => {
  const view = viewOf(showing);
  const after = applyOps(view, 1, [
    append({ execution_id: "x0", text: "late" }),
    { t: "clear", cell_id: "c1", execution_id: "x0" },
  ]);
  expect(after.cells).toBe(view.cells);
});

test("a cell that shows a new execution shows none of the outputs before", () => {
  const { cells } = apply(showing, { t: "shows", cell_id: "c1", execution_id: "x2", execution_count: null });
  expect(cells[0]).toMatchObject({ execution_id: "x2", outputs: [] });
});

test("a prompt is there while it is open", () => {
  const prompt = {
    id: "p",
    execution_id: "x1",
    cell_id: "c1",
    kind: "text",
    text: "?",
    opened_at: 1,
    answered_by: "",
  } as const;
  const open = apply(EMPTY_RUNS, { t: "prompt", prompt: { ...prompt, state: "open" } });
  expect(open.prompts).toHaveLength(1);
  expect(apply(open, { t: "prompt", prompt: { ...prompt, state: "answered" } }).prompts).toEqual([]);
});

test("what an operation does not touch stays the same object", () => {
  const before = viewOf({ ...showing, cells: [...showing.cells, cellOutputs({ cell_id: "c2" })] });
  const after = applyOps(before, 1, [append({ text: "b" }), { t: "execution", execution: execution({ id: "x9" }) }]);
  expect(after.cells.get("c2")).toBe(before.cells.get("c2"));
  expect(after.prompts).toBe(before.prompts);
});

test("of a long text the head and the end are kept, and every code point between is counted", () => {
  let output = stream();
  let whole = "";
  for (let part = 0; part < 600; part += 1) {
    const text = `line ${part} 📊 ${"x".repeat(40)}\n`.repeat(1 + (part % 20));
    whole += text;
    output = appendText(output, append({ text }));
  }
  const all = Array.from(whole).length;
  expect(output.chars).toBe(all);
  expect(Array.from(output.text)).toHaveLength(LIMITS.TEXT_HEAD_CHARS);
  expect(Array.from(output.text_end)).toHaveLength(LIMITS.TEXT_TAIL_CHARS);
  expect(whole.startsWith(output.text) && whole.endsWith(output.text_end)).toBe(true);
  expect(codePoints(output.text) + output.omitted + codePoints(output.text_end)).toBe(all);
});

test("text that the server skipped counts as omitted, and so does what stood at the end before", () => {
  const cut = appendText(stream({ text: "head", chars: 4 }), append({ text: "end", skipped: 100 }));
  expect(cut).toMatchObject({ text: "head", omitted: 100, text_end: "end", chars: 107 });
  const further = appendText(cut, append({ text: "END", skipped: 10 }));
  expect(further).toMatchObject({ text: "head", omitted: 113, text_end: "END", chars: 120 });
});

test("an operation of a newer minor version is passed over", () => {
  expect(apply(showing, { t: "from-the-future" } as unknown as Op)).toEqual({ ...showing, rev: 1 });
});
