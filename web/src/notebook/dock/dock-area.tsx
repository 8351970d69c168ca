/** Where the dock stands. Its code is fetched when something is opened in it; from then on it stays, hidden or shown. */
import { lazy, Suspense, useState } from "react";

import { fetchPart } from "../../ui/part";
import { useDock } from "../context";

const Dock = lazy(() => fetchPart(() => import("./dock")));

export function DockArea() {
  const open = useDock((state) => state.open);
  const [needed, setNeeded] = useState(open);
  if (open && !needed) setNeeded(true);
  return needed ? (
    <Suspense fallback={null}>
      <Dock />
    </Suspense>
  ) : null;
}
