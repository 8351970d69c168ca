/** Frames of the page socket as bytes: msgpack, tagged by `t`, in the shapes of wire/types.ts. */
import { decode, encode } from "@msgpack/msgpack";

import { complete } from "../wire/complete";
import { type FromPage, type ToPage, UNIONS } from "../wire/types";
import type { Protocol } from "./connection";

export function encodeFrame(frame: FromPage): Uint8Array<ArrayBuffer> {
  return encode(frame);
}

/** The frame, complete with defaults; null for a tag that a newer minor version of the protocol added. */
export function decodeFrame(bytes: ArrayBuffer | Uint8Array): ToPage | null {
  const value = decode(bytes);
  if (typeof value !== "object" || value === null || !("t" in value)) throw new Error("The frame has no tag.");
  const known = Object.hasOwn(UNIONS.ToPage.tags, String(value.t));
  return known ? complete<ToPage>(value, UNIONS.ToPage) : null;
}

/** The socket of a notebook. */
export const PAGE_PROTOCOL: Protocol<FromPage, ToPage> = {
  encode: encodeFrame,
  decode: decodeFrame,
  welcomes: (frame) => frame.t === "welcome",
  refusal: (frame) => (frame.t === "refused" ? { problem: frame.problem, again: frame.again } : null),
  probe: { t: "ping" },
};
