/** Amber means alive: what of a notebook runs now. One that only has a runtime has a hollow mark. */
import type { Item } from "../net/drive-rest";
import { strings } from "../words";

const words = strings.drive;

export function RunningMark({ item, bare = false }: { readonly item: Item; readonly bare?: boolean }) {
  if (item.running) {
    return (
      <span className="mark-running">
        <span className="dot alive" role="img" aria-label={words.running} title={words.running} />
        {!bare && <span aria-hidden>{words.running}</span>}
      </span>
    );
  }
  if (!item.live) return null;
  return <span className="dot live" role="img" aria-label={words.live} title={words.live} />;
}
