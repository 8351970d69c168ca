/** Where a notebook is dragged over the page: that it may be dropped, and what to do with it. Panes and dialogs take their own. */
import "./drop-target.css";

import { useEffect, useState } from "react";

import { strings } from "../../words";
import { useController } from "../context";
import { listenToDrops } from "./drop";

export function DropTarget() {
  const controller = useController();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    listenToDrops(controller, setOver, stop.signal);
    return () => stop.abort();
  }, [controller]);
  return over ? <p className="drop-target">{strings.files.dropHere}</p> : null;
}
