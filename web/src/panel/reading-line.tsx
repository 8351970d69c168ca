/** In place of a list that is not there yet: that it is on its way, or could not be read, with another try. */
import { Button } from "../ui/button";
import type { Reading } from "../ui/doing";
import { saidOf } from "../ui/said";
import { strings } from "../words";

export function ReadingLine({ reading: { value, problem, again } }: { readonly reading: Reading<unknown> }) {
  if (problem === null) {
    if (value !== null) return null;
    return (
      <p className="panel-reading meta" role="status">
        {strings.loading}
      </p>
    );
  }
  return (
    <div className="panel-problem" role="alert">
      <span className="grow">{saidOf(problem)}</span>
      <Button onClick={again}>{strings.retry}</Button>
    </div>
  );
}
