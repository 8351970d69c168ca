/** The columns of the list, by which a folder is sorted. */
import { ArrowDown, ArrowUp } from "lucide-react";

import type { SortKey } from "../net/drive-rest";
import { useValue } from "../ui/hooks";
import { strings } from "../words";
import { driveCommands } from "./commands";
import { useDrive, useListing } from "./context";
import { none } from "./model/selection";

const words = strings.drive;

export function ListHead() {
  const drive = useDrive();
  const { desk } = drive;
  const { items } = useListing();
  const { chosen } = useValue(desk.selection);
  const view = useValue(desk.view);
  const all = items.length > 0 && items.every(({ id }) => chosen.has(id));
  const check = () => {
    if (all) desk.selection.become(none(desk.selection.read()));
    else driveCommands.run("drive.all", drive);
  };
  return (
    <div className="item-row item-head" role="row" aria-rowindex={1}>
      <span role="columnheader" className="cell-check">
        <input
          type="checkbox"
          aria-label={words.chooseAll}
          checked={all}
          ref={(field) => {
            if (field !== null) field.indeterminate = chosen.size > 0 && !all;
          }}
          onChange={check}
        />
      </span>
      <Column by="name" className="cell-name" title={words.name} />
      <span role="columnheader" className="cell-running">
        {words.running}
      </span>
      <span role="columnheader" className="cell-owner">
        {words.owner}
      </span>
      <Column by="changed" className="cell-changed" title={view.t === "bin" ? words.binnedAt : words.changed} />
      <Column by="size" className="cell-size" title={words.size} />
      <span role="columnheader" className="cell-more">
        <span className="visually-hidden">{strings.more}</span>
      </span>
    </div>
  );
}

interface ColumnProps {
  readonly by: SortKey;
  readonly className: string;
  readonly title: string;
}

/** Other views than folders come in the server's order. */
function Column({ by, className, title }: ColumnProps) {
  const { desk } = useDrive();
  const sort = useValue(desk.sort);
  const view = useValue(desk.view);
  if (view.t !== "folder") {
    return (
      <span role="columnheader" className={className}>
        {title}
      </span>
    );
  }
  const current = sort.by === by;
  // The latest and the largest are looked for first.
  const first = by !== "name";
  const Arrow = sort.descending ? ArrowDown : ArrowUp;
  const press = () => desk.sortBy({ by, descending: current ? !sort.descending : first });
  return (
    <span
      role="columnheader"
      className={className}
      aria-sort={!current ? "none" : sort.descending ? "descending" : "ascending"}
    >
      <button type="button" className="sorts" title={words.sortBy(title)} onClick={press}>
        {title}
        {current && <Arrow aria-hidden />}
      </button>
    </span>
  );
}
