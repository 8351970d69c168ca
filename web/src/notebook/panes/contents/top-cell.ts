/** Which cell one reads: that in focus while it can be seen, else the one at the top of the page. */
import { useEffect, useState } from "react";

import { useController, useSections } from "../../context";
import type { NotebookController } from "../../controller";
import { cellAt, cellElement } from "../../page/cell-at";

/** Below the bars, a little into the page. */
const LINE_PX = 160;

export function useTopCell(): string | null {
  const controller = useController();
  const visible = useSections((sections) => sections.visible);
  const [top, setTop] = useState<string | null>(null);
  useEffect(() => {
    let asked = 0;
    const look = () => {
      asked = 0;
      setTop(focusInSight(controller) ?? topCell(controller));
    };
    const ask = () => {
      if (asked === 0) asked = requestAnimationFrame(look);
    };
    ask();
    // Whatever scrolls, the page or a pane of it.
    document.addEventListener("scroll", ask, { passive: true, capture: true });
    const stop = controller.selection.subscribe(ask);
    return () => {
      stop();
      cancelAnimationFrame(asked);
      document.removeEventListener("scroll", ask, { capture: true });
    };
  }, [controller, visible]);
  return top;
}

function focusInSight({ selection }: NotebookController): string | null {
  const { id } = selection.read();
  const place = id === null ? null : (cellElement(id)?.getBoundingClientRect() ?? null);
  return place !== null && place.bottom > LINE_PX && place.top < window.innerHeight - LINE_PX ? id : null;
}

function topCell({ sections }: NotebookController): string | null {
  const order = sections.read().visible;
  return order[cellAt(order, LINE_PX)] ?? null;
}
