/** Above what is left on the screen of a notebook that is no longer this person's to see. */
import "./access-ended.css";

import { useMe } from "../../sharing/no-access";
import { Button } from "../../ui/button";
import type { Problem } from "../../wire/types";
import { strings } from "../../words";
import { useController } from "../context";

export function AccessEnded({ problem }: { readonly problem: Problem }) {
  const { session, shell } = useController();
  const team = useMe()?.mode === "team";
  return (
    <div className="banner access-ended" role="alert">
      <span>
        <h2>{team ? strings.share.endedTitle : problem.title}</h2>
        <p>{strings.share.endedDetail}</p>
      </span>
      {team && (
        <Button look="primary" onClick={() => shell.openDialog("ask")}>
          {strings.share.ask}
        </Button>
      )}
      <Button look="outlined" onClick={() => session.tryNow()}>
        {strings.share.again}
      </Button>
    </div>
  );
}
