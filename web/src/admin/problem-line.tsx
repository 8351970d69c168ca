/** That a list could not be read, and another try. */
import { saidOf } from "../ui/said";
import { Button } from "../ui/button";
import type { Reading } from "../ui/doing";
import { strings } from "../words";

export function ProblemLine({ reading: { problem, again } }: { readonly reading: Reading<unknown> }) {
  if (problem === null) return null;
  return (
    <div className="panel-problem" role="alert">
      <span className="grow">{saidOf(problem) || strings.admin.failed}</span>
      <Button onClick={again}>{strings.retry}</Button>
    </div>
  );
}
