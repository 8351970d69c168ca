/** The outputs of a cell at one moment, asked for when a person wants to see them; drawn as any outputs are (outputs/). */
import "../outputs/outputs.css";

import { lazy, Suspense, useCallback, useEffect, useState } from "react";

import type { Moment } from "../../net/revisions-rest";
import { Button } from "../../ui/button";
import { fetchPart } from "../../ui/part";
import type { CellOutputs, Output, Problem } from "../../wire/types";
import { strings } from "../../words";
import { Frame } from "../outputs/frame";
import { Bare } from "../outputs/outputs";
import { planOutputs } from "../outputs/plan";
import { StillContext } from "../outputs/still";
import { useTables } from "../outputs/table/use-tables";
import { problemOf } from "./history";
import { pastName, pastOutputs } from "./past";
import { revisions } from "./port";

const words = strings.revisions.outputs;

const TableOutput = lazy(async () => ({
  default: (await fetchPart(() => import("../outputs/table/table-output"))).TableOutput,
}));

interface PastProps {
  readonly moment: Moment;
  readonly cell: string;
  /** Which of two moments it is. */
  readonly title: string;
}

export function PastOutputs({ moment, cell, title }: PastProps) {
  const [found, problem, again] = useOutputs(moment, cell);
  return (
    <div className="past-outputs" role="group" aria-label={words.label(title)}>
      <p className="past-title meta">{title}</p>
      {problem !== null && (
        <p className="revisions-problem" role="status">
          {problem.title} <Button onClick={again}>{strings.retry}</Button>
        </p>
      )}
      {problem === null && found === null && <p className="output-note">{strings.output.loading}</p>}
      {found?.outputs.length === 0 && <p className="output-note">{words.none}</p>}
      {found !== null && found.outputs.length > 0 && (
        <StillContext value>
          <div className="outputs">
            <Shown name={pastName(`${moment.notebook} ${moment.revision}`, cell)} outputs={found} />
          </div>
        </StillContext>
      )}
    </div>
  );
}

function useOutputs({ notebook, revision }: Moment, cell: string) {
  const [found, setFound] = useState<CellOutputs | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let current = true;
    revisions.outputs({ notebook, revision }, cell).then(
      (outputs) => current && setFound(outputs),
      (error: unknown) => current && setProblem(problemOf(error)),
    );
    return () => {
      current = false;
    };
  }, [notebook, revision, cell, tries]);
  const again = useCallback(() => {
    setProblem(null);
    setTries((before) => before + 1);
  }, []);
  return [found, problem, again] as const;
}

function Shown({ name, outputs: of }: { readonly name: string; readonly outputs: CellOutputs }) {
  const [outputs] = useState(() => pastOutputs(of, words.gone));
  const { read } = useTables(outputs);
  const [plain, setPlain] = useState<ReadonlySet<string>>(new Set());
  const asData = new Set([...read.keys()].filter((id) => !plain.has(id)));
  const { before, framed, after } = planOutputs(outputs, asData);
  const each = (output: Output) => {
    const table = asData.has(output.id) ? read.get(output.id) : undefined;
    if (table === undefined) return <Bare key={output.id} cell={name} output={output} scrolling="auto" />;
    return (
      <Suspense key={output.id} fallback={<p className="output-note">{strings.output.loading}</p>}>
        <TableOutput table={table} shown={null} onPlain={() => setPlain(new Set(plain).add(output.id))} />
      </Suspense>
    );
  };
  return (
    <>
      {before.map(each)}
      {framed.length > 0 && <Frame cell={name} outputs={framed} />}
      {after.map(each)}
    </>
  );
}
