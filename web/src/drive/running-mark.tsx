/** Amber means alive: what of a notebook runs now. One that only has a runtime has a hollow mark. What ended meanwhile says how. */
import { Check, X } from "lucide-react";

import type { FoundItem, LastRun } from "../net/drive-rest";
import { strings } from "../words";

const words = strings.drive;

export function RunningMark({ item, bare = false }: { readonly item: FoundItem; readonly bare?: boolean }) {
  if (item.running) {
    return (
      <span className="mark-running">
        <span className="run-dot alive" role="img" aria-label={words.running} title={words.running} />
        {!bare && <span aria-hidden>{words.running}</span>}
      </span>
    );
  }
  if (item.run?.ended_at != null && !bare) return <RunEnd run={item.run} />;
  if (!item.live) return null;
  return <span className="run-dot live" role="img" aria-label={words.live} title={words.live} />;
}

function RunEnd({ run: { state, error } }: { readonly run: LastRun }) {
  if (state === "ok") {
    return (
      <span className="mark-ended ok">
        <Check aria-hidden />
        {words.ended.ok}
      </span>
    );
  }
  const what = state === "lost" || state === "aborted" ? words.ended[state] : words.ended.error;
  const text = state === "error" && error !== null ? error : what;
  return (
    <span className="mark-ended bad" title={error === null || error === text ? what : `${what}: ${error}`}>
      <X aria-hidden />
      <span className="visually-hidden">{text === what ? "" : what}</span>
      <bdi>{text}</bdi>
    </span>
  );
}
