/** Frames of a terminal's socket as bytes, and what in what xterm sends is no person's typing. Pure. */
import { decode, encode } from "@msgpack/msgpack";

import { complete } from "../wire/complete";
import { type FromTerminalPage, type ToTerminalPage, UNIONS } from "../wire/types";
import type { Protocol } from "./connection";

/** A frame, and how many bytes it came in: these are acknowledged. */
export interface Heard {
  readonly frame: ToTerminalPage;
  readonly size: number;
}

const AGAIN_SECONDS = 1;

function decodeHeard(data: ArrayBuffer | Uint8Array): Heard | null {
  const value = decode(data);
  if (typeof value !== "object" || value === null || !("t" in value)) throw new Error("The frame has no tag.");
  const known = Object.hasOwn(UNIONS.ToTerminalPage.tags, String(value.t));
  if (!known) return null;
  return { frame: complete<ToTerminalPage>(value, UNIONS.ToTerminalPage), size: data.byteLength };
}

export const TERMINAL_PROTOCOL: Protocol<FromTerminalPage, Heard> = {
  encode: (frame) => encode(frame),
  decode: decodeHeard,
  welcomes: ({ frame }) => frame.t === "start",
  refusal: ({ frame }) =>
    frame.t === "refused" ? { problem: frame.problem, again: frame.again ? AGAIN_SECONDS : null } : null,
  probe: { t: "ping" },
};

/**
 * What a terminal says by itself when the output asks it: what it is (DA), where the cursor is (DSR), modes (DECRPM), its
 * size, its colours (OSC), settings (DCS). Keys are never any of these but Shift+F3 and its like, which some programs
 * write as a cursor's place.
 */
const ANSWER = /^(?:\x1b\[[?>=]?[\d;]*(?:c|R|n|t|\$y)|\x1b\][\d;]*[^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\)+$/;

export const isAnswer = (data: string): boolean => data.startsWith("\x1b") && ANSWER.test(data);
