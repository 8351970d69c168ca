/** One output over the page, as large as the screen. */
import { Dialog } from "../../ui/dialog";
import { strings } from "../../words";
import { useCellRun } from "../context";
import type { DialogProps } from "../page/dialogs";
import { Frame } from "./frame";
import { Bare } from "./outputs";
import { planOutputs } from "./plan";

interface About {
  readonly cell: string;
  readonly output: string;
}

export default function OutputDialog({ about, onClose }: DialogProps) {
  const { cell, output: id } = about as About;
  const { outputs } = useCellRun(cell);
  const all = outputs?.outputs ?? [];
  const output = all.find((each) => each.id === id);
  const { framed } = planOutputs(all);
  return (
    <Dialog title={strings.output.label} size="full" onClose={onClose}>
      {/* What is longer than the screen is scrolled by keys as well. */}
      <div className="output-full" role="group" aria-label={strings.output.label} tabIndex={0}>
        {output === undefined ? (
          <p>{strings.output.gone}</p>
        ) : framed.includes(output) ? (
          <Frame cell={cell} outputs={framed} />
        ) : (
          <Bare cell={cell} output={output} scrolling="fit" />
        )}
      </div>
    </Dialog>
  );
}
