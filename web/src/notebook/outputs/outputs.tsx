/** All outputs of a cell, in order, with the question it asks and the cause of its end. */
import "./outputs.css";

import { CircleAlert } from "lucide-react";
import { memo, useEffect } from "react";

import type { CellOutputs, ExecutionView, Output } from "../../wire/types";
import { isFinal } from "../../runs/view";
import { strings } from "../../words";
import { useCellRun, useController } from "../context";
import { Display } from "./display";
import { ErrorView } from "./error";
import { Frame } from "./frame";
import { planOutputs } from "./plan";
import { Prompt } from "./prompt";
import { Stream } from "./stream";

const PLACE_PX = 20;
const LARGEST_PLACE_PX = 400;

export function Outputs({ id, reached }: { readonly id: string; readonly reached: boolean }) {
  const { outputs, prompt, current } = useCellRun(id);
  const { session } = useController();
  const lacking = reached && outputs?.complete === false;
  useEffect(() => {
    if (lacking) session.need(id);
  }, [lacking, session, id]);
  const cause = current === null ? null : causeOf(current);
  const empty = outputs === null || (outputs.complete && outputs.outputs.length === 0);
  if (empty && prompt === null && cause === null) return null;
  return (
    <div className="outputs" role="group" aria-label={strings.output.label}>
      {!empty && (outputs.complete && reached ? <Planned cell={outputs} /> : <Place cell={outputs} />)}
      {prompt !== null && <Prompt key={prompt.id} prompt={prompt} />}
      {cause !== null && <Note text={cause} />}
    </div>
  );
}

/** Stands for outputs that have not come yet, about as high as they will be. */
function Place({ cell }: { readonly cell: CellOutputs }) {
  const lines = Math.max(cell.count, Math.ceil(cell.bytes / 80), cell.outputs.length);
  const height = Math.min(LARGEST_PLACE_PX, lines * PLACE_PX);
  return <div className="output-place" style={{ height }} aria-busy="true" aria-label={strings.output.loading} />;
}

const Planned = memo(function Planned({ cell }: { readonly cell: CellOutputs }) {
  const { before, framed, after } = planOutputs(cell.outputs);
  return (
    <>
      {before.map((output) => (
        <One key={output.id} output={output} />
      ))}
      {framed.length > 0 && <Frame key={cell.execution_id ?? ""} cell={cell.cell_id} outputs={framed} />}
      {after.map((output) => (
        <One key={output.id} output={output} />
      ))}
    </>
  );
});

const One = memo(function One({ output }: { readonly output: Output }) {
  switch (output.t) {
    case "stream":
      return <Stream output={output} />;
    case "error":
      return <ErrorView output={output} />;
    case "display":
      return <Display output={output} />;
    case "cut":
      return <Note text={output.cause.message} />;
  }
});

/** Why a run ended as it did, when there is more to say than its outputs do. */
function causeOf(execution: ExecutionView): string | null {
  return isFinal(execution) ? (execution.cause?.message ?? null) : null;
}

function Note({ text }: { readonly text: string }) {
  return (
    <p className="output-cause">
      <CircleAlert aria-hidden />
      <span>{text}</span>
    </p>
  );
}
