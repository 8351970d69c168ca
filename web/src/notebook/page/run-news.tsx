/** Tells a screen reader, politely, how a run ended that this page asked for. What anybody sees stands at the cells. */
import { useEffect, useState } from "react";

import { stripAnsi } from "../../runs/ansi";
import type { OwnEnd } from "../../runs/own-runs";
import { duration } from "../../ui/format";
import { strings } from "../../words";
import { useController } from "../context";
import type { NotebookController } from "../controller";

const words = strings.status;
const ERROR_CHARS = 160;

export function RunNews() {
  const controller = useController();
  const { runs, own } = controller.session;
  const [told, tell] = useState({ nth: 0, text: "" });
  useEffect(
    () =>
      runs.subscribe(() => {
        const ends = own.step((id) => runs.execution(id));
        if (ends.length === 0) return;
        const text = ends.map((end) => textOf(controller, end)).join(" ");
        tell(({ nth }) => ({ nth: nth + 1, text }));
      }),
    [controller, runs, own],
  );
  return (
    <div role="status" className="visually-hidden">
      {/* The same words again are new ones, and are read again. */}
      <span key={told.nth}>{told.text}</span>
    </div>
  );
}

function textOf(controller: NotebookController, end: OwnEnd): string {
  const { cell_id: cell } = end.t === "failed" ? end.execution : end.last;
  const number = controller.order().indexOf(cell) + 1;
  if (end.t === "failed") return words.cellFailed(number, reasonOf(controller, end));
  return end.cells === 1 ? words.cellDone(number, duration(end.ms)) : words.cellsDone(end.cells, duration(end.ms));
}

function reasonOf({ session }: NotebookController, { execution }: Extract<OwnEnd, { t: "failed" }>): string {
  if (execution.state === "lost") return words.endNotKnown;
  const { outputs } = session.runs.cell(execution.cell_id);
  const error = outputs?.outputs.find((output) => output.t === "error");
  if (error?.t !== "error") return "";
  const text = stripAnsi([error.ename, error.evalue].filter(Boolean).join(": "));
  return text.length > ERROR_CHARS ? `${text.slice(0, ERROR_CHARS - 1)}…` : text;
}
