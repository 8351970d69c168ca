/** Values of the wire with every field, of which a test names the few that matter. */
import type { CellOutputs, ExecutionView, StreamOutput } from "../../src/wire/types";

export function execution(fields: Partial<ExecutionView> & { id: string }): ExecutionView {
  return {
    cell_id: "c1",
    batch_id: "b1",
    state: "queued",
    queued_at: 1,
    source_hash: "",
    started_at: null,
    finished_at: null,
    execution_count: null,
    cause: null,
    by: "",
    epoch: null,
    clear_next: false,
    ...fields,
  };
}

export function stream(fields: Partial<StreamOutput> = {}): StreamOutput {
  return {
    t: "stream",
    id: "o1",
    name: "stdout",
    text: "",
    tail: "",
    chars: 0,
    omitted: 0,
    text_end: "",
    cursor: null,
    terminal: "",
    ...fields,
  };
}

export function cellOutputs(fields: Partial<CellOutputs> = {}): CellOutputs {
  return {
    cell_id: "c1",
    execution_id: "x1",
    outputs: [],
    complete: true,
    count: 0,
    bytes: 0,
    lines: 0,
    width: 0,
    height: 0,
    tables: 0,
    rows: 0,
    superseded: false,
    execution_count: null,
    ...fields,
  };
}
