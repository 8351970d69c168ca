/** The cells of a notebook: one column of blocks, and the first steps in an empty notebook. */
import { startTransition, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";

import { strings } from "../../words";
import { AddHere } from "./add-here";
import { Block } from "./block";
import { CellBlocks } from "./cell-blocks";
import { useCell, useController, useMay, useOrder, useText } from "../context";
import { SOURCE_WORD } from "../editor/source";
import { useEnd } from "./end";
import { NearbyProvider, useNearby } from "./nearness";

const FIRST_CELLS = 40;
const MORE_CELLS = 256;

export function CellList() {
  const order = useGrowing(useOrder());
  const [blocks] = useState(() => new CellBlocks());
  const places = usePlaces(order);
  const [only] = order;
  const column = useRef<HTMLDivElement>(null);
  const nearby = useNearby(column);
  const editable = useMay("edit");
  useEnd(column);
  return (
    <div ref={column} className="cells" role="group" aria-label={strings.notebook.cells}>
      <span id={SOURCE_WORD} hidden>
        {strings.editor.source}
      </span>
      {editable && (
        <div className="first-add" style={{ order: -1 }}>
          <AddHere behind={null} />
        </div>
      )}
      <NearbyProvider value={nearby}>
        {blocks.follow(order).map(({ key, cells }) => (
          <Block key={key} cells={cells} first={places(cells[0] ?? "")} />
        ))}
      </NearbyProvider>
      {editable && order.length === 1 && only !== undefined && <FirstSteps id={only} />}
    </div>
  );
}

/**
 * A short notebook at once. Of a long one nothing, then the first screen, then the rest piece by piece: each in a task of
 * its own, for that in which the document comes is long enough, and no key is held up.
 */
function useGrowing(whole: readonly string[]): readonly string[] {
  const [grown, setGrown] = useState(0);
  const { length } = whole;
  const count = grown === 0 && length <= FIRST_CELLS ? length : grown;
  const shown = useMemo(() => (count < length ? whole.slice(0, count) : whole), [whole, length, count]);
  useEffect(() => {
    // Once all were there, a cell that comes is there at once: the next key may be for it.
    const next = count === 0 ? FIRST_CELLS : count < length ? count + MORE_CELLS : Infinity;
    if (length > 0) startTransition(() => setGrown(next));
  }, [count, length]);
  return shown;
}

/** The place of a cell in the notebook. The numbers of cells in later blocks follow when there is time. */
function usePlaces(order: readonly string[]): (id: string) => number {
  const settled = useDeferredValue(order);
  return useMemo(() => {
    const [now, then] = [order, settled].map((ids) => new Map(ids.map((id, index) => [id, index])));
    return (id) => then?.get(id) ?? now?.get(id) ?? 0;
  }, [order, settled]);
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
