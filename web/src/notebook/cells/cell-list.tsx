/** The cells of a notebook: one column of blocks, and the first steps in an empty notebook. */
import { useDeferredValue, useEffect, useRef, useState } from "react";

import { strings } from "../../words";
import { AddHere } from "./add-here";
import { Block } from "./block";
import { CellBlocks } from "./cell-blocks";
import { useCell, useController, useOrder, useText } from "../context";
import { SOURCE_WORD } from "../editor/source";
import { NearbyProvider, useNearby } from "./nearness";

const FIRST_CELLS = 40;

export function CellList() {
  const whole = useOrder();
  // The first screen is drawn at once; the rest of a long notebook follows without holding up a key.
  const order = useDeferredValue(whole, whole.slice(0, FIRST_CELLS));
  const [blocks] = useState(() => new CellBlocks());
  const indexes = new Map(order.map((id, index) => [id, index]));
  const [only] = order;
  const column = useRef<HTMLDivElement>(null);
  const nearby = useNearby(column);
  return (
    <div ref={column} className="cells" role="group" aria-label={strings.notebook.cells}>
      <span id={SOURCE_WORD} hidden>
        {strings.editor.source}
      </span>
      <div className="first-add" style={{ order: -1 }}>
        <AddHere index={0} />
      </div>
      <NearbyProvider value={nearby}>
        {blocks.follow(order).map(({ key, cells }) => (
          <Block key={key} cells={cells} first={indexes.get(cells[0] ?? "") ?? 0} />
        ))}
      </NearbyProvider>
      {order.length === 1 && only !== undefined && <FirstSteps id={only} />}
    </div>
  );
}

/** In a notebook of one empty code cell: the cursor in it, and three hints that go with the first key. */
function FirstSteps({ id }: { readonly id: string }) {
  const cell = useCell(id);
  return cell?.type === "code" ? <Hints id={id} source={cell.source} /> : null;
}

function Hints({ id, source }: { readonly id: string; readonly source: Parameters<typeof useText>[0] }) {
  const { selection } = useController();
  const empty = useText(source) === "";
  useEffect(() => {
    if (empty && selection.read().id === null) selection.select(id, "edit");
  }, [selection, id, empty]);
  if (!empty) return null;
  return (
    <ul className="hints meta" style={{ order: 1 }}>
      {strings.notebook.hints.map((hint) => (
        <li key={hint}>{hint}</li>
      ))}
    </ul>
  );
}
