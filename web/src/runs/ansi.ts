/**
 * ANSI colours of finished text, as data. The server has folded cursor movements; what is left is SGR, and OSC 8 links.
 *
 * `parseAnsi` goes on from the style in which the text before it ended, so that a growing text is parsed piece by piece.
 */
export interface AnsiStyle {
  /** A palette name (`red`, `bright-red`), `#rrggbb`, or null for the page's own. */
  readonly color: string | null;
  readonly background: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly inverse: boolean;
  readonly link: string | null;
}

export interface AnsiSpan {
  readonly text: string;
  readonly style: AnsiStyle;
}

export const PLAIN: AnsiStyle = {
  color: null,
  background: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
  link: null,
};

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
const ESCAPE =
  /\x1b(?:\[([0-9;:]*)([@-~])|\[[ -?]*[@-~]|\]8;[^;\x07\x1b]*;([^\x07\x1b]*)(?:\x07|\x1b\\)|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])/g;

export function parseAnsi(text: string, start: AnsiStyle = PLAIN): { spans: readonly AnsiSpan[]; end: AnsiStyle } {
  const spans: AnsiSpan[] = [];
  let style = start;
  let from = 0;
  const add = (until: number) => {
    if (until > from) spans.push({ text: text.slice(from, until), style });
  };
  for (const match of text.matchAll(ESCAPE)) {
    add(match.index);
    from = match.index + match[0].length;
    const [, codes, final, link] = match as (string | undefined)[];
    if (final === "m") style = applySgr(style, codes ?? "");
    else if (link !== undefined) style = { ...style, link: /^https?:/.test(link) ? link : null };
  }
  add(text.length);
  return { spans, end: style };
}

export function stripAnsi(text: string): string {
  return text.replace(ESCAPE, "");
}

function applySgr(start: AnsiStyle, text: string): AnsiStyle {
  const codes = text.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  let style = start;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const [color, used] = extendedColor(codes, at + 1);
      style = code === 38 ? { ...style, color } : { ...style, background: color };
      at += used;
    } else {
      style = applyCode(style, code);
    }
  }
  return style;
}

const ATTRIBUTES: Readonly<Record<number, Partial<AnsiStyle>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { color: null },
  49: { background: null },
};

function applyCode(style: AnsiStyle, code: number): AnsiStyle {
  if (code === 0) return { ...PLAIN, link: style.link };
  if (code >= 30 && code <= 37) return { ...style, color: NAMES[code - 30] ?? null };
  if (code >= 40 && code <= 47) return { ...style, background: NAMES[code - 40] ?? null };
  if (code >= 90 && code <= 97) return { ...style, color: `bright-${NAMES[code - 90] ?? "white"}` };
  if (code >= 100 && code <= 107) return { ...style, background: `bright-${NAMES[code - 100] ?? "white"}` };
  return { ...style, ...ATTRIBUTES[code] };
}

/** The colour that starts at `at` (after 38 or 48), and how many codes it took. */
function extendedColor(codes: readonly number[], at: number): [string | null, number] {
  if (codes[at] === 5) return [indexedColor(codes[at + 1] ?? 0), 2];
  if (codes[at] === 2) return [hex(codes[at + 1] ?? 0, codes[at + 2] ?? 0, codes[at + 3] ?? 0), 4];
  return [null, 1];
}

function indexedColor(index: number): string | null {
  if (index < 8) return NAMES[index] ?? null;
  if (index < 16) return `bright-${NAMES[index - 8] ?? "white"}`;
  if (index > 255) return null;
  if (index > 231) {
    const grey = 8 + (index - 232) * 10;
    return hex(grey, grey, grey);
  }
  const cube = index - 16;
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  return hex(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function hex(...parts: readonly number[]): string {
  return `#${parts.map((part) => Math.min(255, part).toString(16).padStart(2, "0")).join("")}`;
}
