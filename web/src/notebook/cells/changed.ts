/** Whether a cell's source is another than the one that its shown outputs came from. */
import { digest } from "lib0/hash/sha256";
import { useEffect, useState } from "react";

import type { CellFacts } from "../../doc/layout";
import { useCellRun } from "../context";

const SETTLE_MS = 250;

/** Hex sha256 of UTF-8. Not the browser's own: that is not to be had over plain HTTP from another machine. */
export function sha256(text: string): string {
  return Array.from(digest(new TextEncoder().encode(text)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Looked at when typing has paused: a key draws nothing here. */
export function useChangedSinceRun({ id, source }: CellFacts, near: boolean): boolean {
  const ran = useCellRun(id).shown?.source_hash ?? "";
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    if (!near) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => setChanged(ran !== "" && sha256(source.toJSON()) !== ran);
    const settle = () => {
      clearTimeout(timer);
      timer = setTimeout(look, SETTLE_MS);
    };
    settle();
    source.observe(settle);
    return () => {
      clearTimeout(timer);
      source.unobserve(settle);
    };
  }, [source, ran, near]);
  return changed;
}
