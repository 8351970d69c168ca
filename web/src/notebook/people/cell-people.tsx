/** A mark at the cell that others are in. It lies over the cell's edge, so that nothing moves when they come. */
import { memo, useCallback, useSyncExternalStore } from "react";

import { strings } from "../../words";
import { useController } from "../context";
import { colourOf, initialOf, nameOf } from "./names";

export const CellPeople = memo(function CellPeople({ id }: { readonly id: string }) {
  const { presence } = useController().session;
  const subscribe = useCallback((listener: () => void) => presence.subscribeCell(id, listener), [presence, id]);
  const others = useSyncExternalStore(subscribe, () => presence.atCell(id));
  const [first] = others;
  if (first === undefined) return null;
  const names = others.map(nameOf).join(", ");
  return (
    <div
      className={`cell-people ${colourOf(first)}`}
      role="img"
      aria-label={strings.people.inCell(names)}
      title={names}
    >
      <span className="cell-person">{others.length === 1 ? initialOf(first) : others.length}</span>
    </div>
  );
});
