/** One block of the column: DOM nodes that never move, laid out when they come near. */
import { memo, useMemo, useState } from "react";

import { useBook, useController } from "../context";
import { Cell } from "./cell";
import { CELL_EDGE_PX } from "./cell-height";
import { cellHeight } from "./use-height";
import { StableOrder } from "./stable-order";

interface BlockProps {
  /** Ids in the order of the page. */
  readonly cells: readonly string[];
  /** The place of the first one in the notebook. */
  readonly first: number;
}

export const Block = memo(function Block({ cells, first }: BlockProps) {
  const [stable] = useState(() => new StableOrder());
  const places = new Map(cells.map((id, at) => [id, first + at]));
  const height = useBlockHeight(cells);
  return (
    <div className="cell-block" style={{ containIntrinsicBlockSize: `auto ${height}px` }}>
      {stable.follow(cells).map((id) => (
        <Cell key={id} id={id} index={places.get(id) ?? 0} />
      ))}
    </div>
  );
});

/** About, until it was laid out once: from then on the browser knows. */
function useBlockHeight(cells: readonly string[]): number {
  const controller = useController();
  const book = useBook();
  return useMemo(() => {
    const heights = cells.map((id) => {
      const cell = book?.cell(id) ?? null;
      return cell === null ? 0 : cellHeight(controller, cell) + CELL_EDGE_PX;
    });
    return heights.reduce((sum, height) => sum + height, 0);
  }, [cells, book, controller]);
}
