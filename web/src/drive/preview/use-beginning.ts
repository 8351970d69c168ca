/** The first bytes of a file, asked for by a range. */
import { useEffect, useState } from "react";

import type { Item } from "../../net/drive-rest";
import { useDrive } from "../context";
import { problemOf } from "../model/listing";
import { textOf } from "../model/files";

export type Beginning =
  | { readonly t: "loading" }
  | { readonly t: "failed"; readonly why: string }
  /** It is no text. */
  | { readonly t: "bytes" }
  | { readonly t: "text"; readonly text: string; readonly more: boolean };

export function useBeginning({ id, size }: Item, most: number): Beginning {
  const { api } = useDrive().desk;
  const [beginning, setBeginning] = useState<Beginning>(
    size === 0 ? { t: "text", text: "", more: false } : { t: "loading" },
  );
  useEffect(() => {
    // Of nothing no range can be asked for.
    if (size === 0) return;
    const stop = new AbortController();
    api.beginning(id, most, stop.signal).then(
      ({ bytes, more }) => {
        const text = textOf(bytes, more);
        setBeginning(text === null ? { t: "bytes" } : { t: "text", text, more });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setBeginning({ t: "failed", why: problemOf(error).title });
      },
    );
    return () => stop.abort();
  }, [api, id, size, most]);
  return beginning;
}
