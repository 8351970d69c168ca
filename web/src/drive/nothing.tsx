/** What stands in the place of items: while they come, when there are none, when they cannot be had. */
import { CloudOff, Clock, FolderOpen, House, type LucideIcon, Search, Star, Trash2, Users } from "lucide-react";

import type { Problem } from "../wire/types";
import { Button } from "../ui/button";
import { strings } from "../words";
import { useDrive } from "./context";
import { addressOf, MY_DRIVE, type View } from "./model/views";

const words = strings.drive;

const SIGNS: Readonly<Record<View["t"], LucideIcon>> = {
  home: House,
  folder: FolderOpen,
  recent: Clock,
  starred: Star,
  shared: Users,
  bin: Trash2,
  search: Search,
};

export function Empty({ view }: { readonly view: View }) {
  const Sign = SIGNS[view.t];
  return (
    <div className="drive-nothing">
      <Sign aria-hidden />
      <h2>{words.empty[view.t]}</h2>
      <p>{words.empty[`${view.t}Hint`]}</p>
    </div>
  );
}

export function Failed({ problem, whole }: { readonly problem: Problem; readonly whole: boolean }) {
  const { desk, go } = useDrive();
  const again = () => {
    void desk.listing.read().need(1);
    void desk.refresh();
  };
  if (!whole) {
    return (
      <div className="drive-note bad" role="alert">
        <span className="grow">
          <strong>{problem.title}</strong> {problem.detail}
        </span>
        <Button onClick={again}>{strings.retry}</Button>
      </div>
    );
  }
  return (
    <div className="drive-nothing" role="alert">
      <CloudOff aria-hidden />
      <h2>{problem.title}</h2>
      <p>{problem.detail === "" ? words.failed : problem.detail}</p>
      <p className="drive-ways">
        <Button look="outlined" onClick={again}>
          {strings.retry}
        </Button>
        {problem.status === 404 && <Button onClick={() => go(addressOf(MY_DRIVE))}>{words.back}</Button>}
      </p>
    </div>
  );
}

/** Rows to come, which nobody has to read. */
export function Awaited() {
  return (
    <div className="awaited-rows" role="status" aria-label={words.loading}>
      {Array.from({ length: 8 }, (_, at) => (
        <span key={at} />
      ))}
    </div>
  );
}
