/** Which of a cell's outputs are DataFrames, read as data: at hand, or fetched when the HTML is a blob. */
import { useEffect, useMemo, useState } from "react";

import type { MimeValue, Output } from "../../../wire/types";
import { useController } from "../../context";
import { fetchText } from "../value";
import { isCandidate } from "./lines";
import { parseTable, type Table } from "./parse";

export interface Tables {
  readonly read: ReadonlyMap<string, Table>;
  /** Outputs of which it is not known yet. */
  readonly waiting: ReadonlySet<string>;
}

export function useTables(outputs: readonly Output[]): Tables {
  const { notebook } = useController().session;
  const [fetched, setFetched] = useState<ReadonlyMap<string, string | null>>(new Map());
  const [parsed] = useState(() => new WeakMap<MimeValue, Table | { readonly none: true }>());
  const candidates = useMemo(() => outputs.filter(isCandidate), [outputs]);
  useEffect(() => {
    let current = true;
    for (const { id, data } of candidates) {
      const html = data["text/html"];
      if (html?.t !== "blob" || fetched.has(html.sha256)) continue;
      const got = (text: string | null) => current && setFetched((old) => new Map(old).set(html.sha256, text));
      fetchText(notebook, id, "text/html").then(got, () => got(null));
    }
    return () => {
      current = false;
    };
  }, [notebook, candidates, fetched]);
  return useMemo(() => {
    const read = new Map<string, Table>();
    const waiting = new Set<string>();
    for (const { id, data } of candidates) {
      const html = data["text/html"];
      if (html === undefined) continue;
      const text = html.t === "inline" ? String(html.value) : fetched.get(html.sha256);
      if (text === undefined) {
        waiting.add(id);
        continue;
      }
      const known = parsed.get(html) ?? parseTable(text ?? "") ?? { none: true };
      parsed.set(html, known);
      if (!("none" in known)) read.set(id, known);
    }
    return { read, waiting };
  }, [candidates, fetched, parsed]);
}
