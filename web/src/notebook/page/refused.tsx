/** In place of a notebook that the server does not open: why, and what one can do about it. */
import type { Go } from "../../app";
import { driveAddress } from "../../net/drive-rest";
import { NoAccess, useMe } from "../../sharing/no-access";
import { Button } from "../../ui/button";
import type { Problem } from "../../wire/types";
import { strings } from "../../words";
import { useController } from "../context";

interface RefusedProps {
  readonly problem: Problem;
  readonly go: Go;
}

/** Of these the file is there, and has what is wrong with it. */
const OF_THE_FILE: ReadonlySet<string> = new Set(["notebook-not-json", "notebook-invalid", "notebook-too-large"]);

export function Refused({ problem, go }: RefusedProps) {
  const { session } = useController();
  const me = useMe();
  const back = { label: strings.notebook.back, run: () => go("/") };
  if (me?.mode === "team" && (problem.status === 404 || problem.status === 403)) {
    return <NoAccess item={session.notebook} onAgain={() => session.tryNow()} back={back} />;
  }
  const file = OF_THE_FILE.has(problem.code);
  return (
    <div className="refused" role="alert">
      <h1>{problem.title}</h1>
      {problem.detail !== "" && <p>{problem.detail}</p>}
      {file && <p>{strings.notebook.mendFile}</p>}
      <div className="refused-ways">
        <Button look="outlined" onClick={back.run}>
          {back.label}
        </Button>
        {file && (
          <>
            <a className="button outlined" href={driveAddress.content(session.notebook)} download>
              {strings.drive.download}
            </a>
            <Button look="outlined" onClick={() => session.tryNow()}>
              {strings.retry}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
