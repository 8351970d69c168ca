/** Which cell one reads: that in focus while it can be seen, else the one at the top of the page. */
import { useEffect, useState } from "react";

import { useController, useSections } from "../../context";
import type { NotebookController } from "../../controller";

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

const elementOf = (id: string) => document.querySelector(`section[data-cell="${CSS.escape(id)}"]`);

function focusInSight({ selection }: NotebookController): string | null {
  const { id } = selection.read();
  const place = id === null ? null : (elementOf(id)?.getBoundingClientRect() ?? null);
  return place !== null && place.bottom > LINE_PX && place.top < window.innerHeight - LINE_PX ? id : null;
}

/** The last cell that begins above the line: found by halving, for there may be thousands. */
function topCell({ sections }: NotebookController): string | null {
  const order = sections.read().visible;
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const begins = elementOf(order[middle] ?? "")?.getBoundingClientRect().top ?? Infinity;
    if (begins <= LINE_PX) low = middle + 1;
    else high = middle;
  }
  return order[Math.max(0, low - 1)] ?? null;
}
