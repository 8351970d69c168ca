/** An error of a cell: message and last frame first, the frames before folded, and what it means when we know. */
import { strings } from "../../words";
import type { ErrorOutput } from "../../wire/types";
import { AnsiText } from "./ansi-text";
import { explainError, splitTraceback } from "./traceback";

export function ErrorView({ output }: { readonly output: ErrorOutput }) {
  const { earlier, last } = splitTraceback(output);
  const hint = explainError(output);
  return (
    <div className="output-error" role="group" aria-label={output.ename}>
      <p className="error-title">
        <strong>{output.ename}</strong>
        {output.evalue !== "" && <span className="error-message">: {output.evalue}</span>}
      </p>
      {hint !== null && <p className="error-hint">{hint}</p>}
      {last !== null && (
        <pre className="output-pre">
          <AnsiText text={last} />
        </pre>
      )}
      {earlier.length > 0 && (
        <details>
          <summary>{strings.output.earlierFrames(earlier.length)}</summary>
          <pre className="output-pre">
            <AnsiText text={earlier.join("\n")} />
          </pre>
        </details>
      )}
    </div>
  );
}
