/** The values of displays: at hand inside the output, or fetched when they are blobs. Shows nothing. */
import { useEffect, useState } from "react";

import { rest } from "../../browser";
import { address } from "../../net/rest";
import type { MimeValue } from "../../wire/types";

/** Larger text is not put into the page; it opens in a tab of its own. */
const LARGEST_TEXT_BYTES = 8_000_000;

/** The version makes the address of a value unlike that of the one it replaced, so that it may be cached for ever. */
export function mimeAddress(notebook: string, output: string, type: string, value: MimeValue): string {
  const version = value.t === "blob" ? `&v=${value.sha256.slice(0, 16)}` : "";
  return address.mime(notebook, output, type) + version;
}

/** Binary values are base64 inside an output; null when this is not one. */
export function inlineBase64(value: MimeValue): string | null {
  return value.t === "inline" && typeof value.value === "string" ? value.value.replace(/\s/g, "") : null;
}

export async function fetchText(notebook: string, output: string, type: string): Promise<string> {
  const response = await rest.mime(notebook, output, type);
  const text = await response.text();
  return type.endsWith("json") ? textOf(JSON.parse(text) as unknown) : text;
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

export type Loaded =
  | { readonly t: "loading" | "failed" }
  | { readonly t: "large"; readonly size: number }
  | { readonly t: "ready"; readonly text: string };

/**
 * A value as text: at hand, or fetched when it is a blob. While the next value of the same output is fetched, the one
 * before it stays: an update never shows an empty place.
 */
export function useMimeText(notebook: string, output: string, type: string, value: MimeValue): Loaded {
  const key = value.t === "blob" ? value.sha256 : "";
  const [fetched, setFetched] = useState<{ readonly key: string; readonly text: string | null } | null>(null);
  const wanted = value.t === "blob" && value.size <= LARGEST_TEXT_BYTES;
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    const got = (text: string | null) => current && setFetched({ key, text });
    fetchText(notebook, output, type).then(got, () => got(null));
    return () => {
      current = false;
    };
  }, [wanted, key, notebook, output, type]);
  if (value.t === "inline") return { t: "ready", text: textOf(value.value) };
  if (!wanted) return { t: "large", size: value.size };
  if (fetched === null) return { t: "loading" };
  if (fetched.text === null) return fetched.key === key ? { t: "failed" } : { t: "loading" };
  return { t: "ready", text: fetched.text };
}
