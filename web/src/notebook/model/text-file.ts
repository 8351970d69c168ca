/** A text file as the editor has it: decoded strictly, its line ends kept. Pure. */

export interface TextFile {
  readonly text: string;
  /** What stands between its lines, where that is one thing; else only line feeds count, and the rest is text. */
  readonly lineEnd: "\n" | "\r\n";
  readonly mark: boolean;
}

const MARK = "\ufeff";

/** Null: it is not text in UTF-8, or has a zero byte. */
export function decodeText(bytes: Uint8Array): TextFile | null {
  if (bytes.includes(0)) return null;
  try {
    const whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const mark = whole.startsWith(MARK);
    const text = mark ? whole.slice(1) : whole;
    const feeds = text.match(/\n/g)?.length ?? 0;
    const pairs = text.match(/\r\n/g)?.length ?? 0;
    return { text, lineEnd: pairs > 0 && pairs === feeds ? "\r\n" : "\n", mark };
  } catch {
    return null;
  }
}

/** `lines` are those of the editor. */
export const encodeText = (lines: readonly string[], { lineEnd, mark }: Omit<TextFile, "text">): string =>
  (mark ? MARK : "") + lines.join(lineEnd);
