/** Whether a cell's source is another than the one that its shown outputs came from. */
import { useEffect, useState } from "react";

import type { CellFacts } from "../../doc/layout";
import { useCellRun, useText } from "../context";

const SETTLE_MS = 250;

/** Hex sha256 of UTF-8; null where the browser has no crypto (plain HTTP from another machine). */
export async function sha256(text: string): Promise<string | null> {
  if (!window.isSecureContext) return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function useChangedSinceRun(cell: CellFacts, near: boolean): boolean {
  const text = useText(cell.source);
  const ran = useCellRun(cell.id).shown?.source_hash ?? "";
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    if (!near) return;
    let current = true;
    const timer = setTimeout(() => {
      void sha256(text).then((hash) => {
        if (current) setChanged(ran !== "" && hash !== null && hash !== ran);
      });
    }, SETTLE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, ran, near]);
  return changed;
}
