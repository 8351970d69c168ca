/** Why something of the kernel is not shown, in place of it: in the page's words where it has some. */
import { Button } from "../../ui/button";
import type { Problem } from "../../wire/types";
import { strings } from "../../words";

interface NoteProps {
  readonly problem: Problem;
  readonly onRetry: () => void;
}

/** Beside what is still shown: one line. */
export function ProblemLine({ problem, onRetry }: NoteProps) {
  const words = strings.values.problems[problem.code] ?? problem;
  return (
    <p className="value-problem" role="status">
      <span>
        {words.title}. {words.detail}
      </span>
      <Button onClick={onRetry}>{strings.retry}</Button>
    </p>
  );
}

/** In place of everything. */
export function ProblemNote({ problem, onRetry }: NoteProps) {
  const words = strings.values.problems[problem.code] ?? problem;
  return (
    <div className="value-note" role="status">
      <h3>{words.title}</h3>
      <p>{words.detail}</p>
      <Button look="outlined" onClick={onRetry}>
        {strings.retry}
      </Button>
    </div>
  );
}
