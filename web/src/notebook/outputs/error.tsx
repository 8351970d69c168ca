/** An error of a cell: what happened, what it means and the one thing to do, the last frame; the frames before folded. */
import "./error.css";

import { useState } from "react";

import { Button } from "../../ui/button";
import { strings } from "../../words";
import type { ErrorOutput } from "../../wire/types";
import { useCellRun, useController, useMay } from "../context";
import type { NotebookController } from "../controller";
import { AnsiText } from "./ansi-text";
import { type Explanation, explain } from "./explain";
import { type Installation, installationOf } from "./install";
import { definingCell, jump } from "./jump";
import { useStill } from "./still";
import { type Frame, type Group, readTraceback } from "./traceback";

const words = strings.traceback;

export function ErrorView({ cell, output }: { readonly cell: string; readonly output: ErrorOutput }) {
  const { first, folded, foldedFrames } = readTraceback(output);
  return (
    <div className="output-error" role="group" aria-label={output.ename}>
      <p className="error-title">
        <strong>{output.ename}</strong>
        {output.evalue !== "" && <span className="error-message">: {output.evalue}</span>}
      </p>
      <Hint cell={cell} output={output} />
      {first.map((frame, at) => (
        <FrameView key={at} frame={frame} />
      ))}
      {foldedFrames > 0 && (
        <details>
          <summary>{words.others(foldedFrames)}</summary>
          {folded.map((group, at) => (
            <GroupView key={at} group={group} />
          ))}
        </details>
      )}
      {first.length === 0 && output.traceback.length > 0 && (
        <pre className="output-pre">
          <AnsiText text={output.traceback.join("\n")} />
        </pre>
      )}
    </div>
  );
}

function FrameView({ frame: { heading, where, source } }: { readonly frame: Frame }) {
  const controller = useController();
  const still = useStill();
  return (
    <div className="error-frame">
      {where === null || still ? (
        <span className="error-where">{heading}</span>
      ) : (
        <button
          type="button"
          className="error-where link"
          title={where.t === "file" ? words.copyPath : words.goTo}
          onClick={() => void jump(controller, where)}
        >
          {heading}
        </button>
      )}
      {source !== "" && (
        <pre className="output-pre" tabIndex={0} data-scrolls aria-label={heading}>
          <AnsiText text={source} />
        </pre>
      )}
    </div>
  );
}

function GroupView({ group }: { readonly group: Group }) {
  if (group.t === "note") return <p className="error-note">{group.text}</p>;
  const frames = group.frames.map((frame, at) => <FrameView key={at} frame={frame} />);
  if (group.library === null) return frames;
  return (
    <details>
      <summary>{words.inLibrary(group.frames.length, group.library)}</summary>
      {frames}
    </details>
  );
}

/** What the error means, with at most one button. */
function Hint({ cell, output }: { readonly cell: string; readonly output: ErrorOutput }) {
  const controller = useController();
  const [installer, setInstaller] = useState("");
  const installation = installationOf(useCellRun(installer));
  const still = useStill();
  const explanation = still ? null : explain(output);
  if (explanation?.t === "install") {
    const { package: name } = explanation;
    const install = () => setInstaller(installBeside(controller, cell, installer, name));
    return <InstallHint cell={cell} name={name} installation={installation} install={install} />;
  }
  const said = explanation === null ? null : sayOf(controller, explanation, cell);
  if (said === null) return null;
  const { text, action } = said;
  return (
    <p className="error-hint">
      {text}
      {action !== null && (
        <Button look="outlined" onClick={action.run}>
          {action.label}
        </Button>
      )}
    </p>
  );
}

interface InstallHintProps {
  readonly cell: string;
  readonly name: string;
  readonly installation: Installation;
  readonly install: () => void;
}

/** The offer can be taken again as long as it has not come to what it promises. */
function InstallHint({ cell, name, installation, install }: InstallHintProps) {
  const controller = useController();
  const done = installation.t === "done";
  const may = useMay("run");
  const failed = installation.t === "failed" ? words.installFailed(name, installation.why) : null;
  return (
    <p className="error-hint" role="status">
      {failed ?? (done ? words.installed(name) : words.missing(name))}
      {controller.book !== null && may && (
        <Button
          look="outlined"
          disabled={installation.t === "going-on"}
          onClick={done ? () => controller.running.run([cell]) : install}
        >
          {done ? words.runAgain : words.install(name)}
        </Button>
      )}
    </p>
  );
}

/** Runs the cell that installs it; one above the cell that failed, if there is none. Its id, "" when there is none. */
function installBeside(controller: NotebookController, cell: string, installer: string, name: string): string {
  const order = controller.order();
  const there = order.includes(installer) ? installer : null;
  const id = there ?? controller.structure.insert("code", Math.max(0, order.indexOf(cell)), `%pip install ${name}`);
  if (id !== null) controller.running.run([id]);
  return id ?? "";
}

interface Said {
  readonly text: string;
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

function sayOf(
  controller: NotebookController,
  explanation: Exclude<Explanation, { t: "install" }>,
  cell: string,
): Said | null {
  switch (explanation.t) {
    case "undefined": {
      const { name } = explanation;
      const defining = definingCell(controller, cell, name);
      if (defining === null) return null;
      const run = () => controller.selection.select(defining);
      return { text: words.notRun(name), action: { label: words.goToCell, run } };
    }
    case "memory": {
      const run = () => controller.shell.openDialog("restart");
      const text = explanation.device === "gpu" ? words.gpuMemory : words.memory;
      return { text, action: { label: words.restart, run } };
    }
  }
}
