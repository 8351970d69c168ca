/**
 * The headings of a text cell, from its Markdown: levels, plain words, lines. Pure, and quick enough for each keystroke:
 * lines are read once, no Markdown is rendered. Agrees with what the page shows for `#` headings, underlined ones and
 * `<h1>` to `<h6>` at the beginning of a line; headings within lists and quotations are none here.
 */
export interface Heading {
  /** 1 to 6. */
  readonly level: number;
  /** Without marks of emphasis, links, code and HTML. */
  readonly text: string;
  /** Of the source, from 0. */
  readonly line: number;
}

/** So much of a line is looked at: what a hostile one takes grows with the square of it. */
const LINE_CHARS = 1_000;
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const HASHES = /^ {0,3}(#{1,6})(?=[ \t]|$)/;
const UNDERLINE = /^ {0,3}(=+|-+)[ \t]*$/;
const TAG = /^ {0,3}(?:<(?:center|div|p|strong|b)\b[^>]*>\s*)*<h([1-6])\b[^>]*>(.*?)(?:<\/h\1>|$)/i;
/** What begins a block that is no paragraph, whose line nothing underlines. */
const OTHER_BLOCK = /^(?: {4}|\t| {0,3}(?:[-*+][ \t]|\d{1,9}[.)][ \t]|>|\||<))/;

export function headingsOf(source: string): readonly Heading[] {
  if (!/#|^ {0,3}[=-]+[ \t\r]*$|<h[1-6]/im.test(source)) return NONE;
  const found: Heading[] = [];
  let fence: string | null = null;
  let comment = false;
  let paragraph: { text: string; line: number } | null = null;
  for (const [line, raw] of source.split("\n").entries()) {
    const text = raw.slice(0, LINE_CHARS).replace(/\r$/, "");
    if (fence !== null) {
      if (closes(text, fence)) fence = null;
      continue;
    }
    if (comment) {
      comment = !raw.includes("-->");
      continue;
    }
    const add = (level: number, words: string, at = line) =>
      found.push({ level, text: plainText(words.slice(0, LINE_CHARS)), line: at });
    const [, open] = FENCE.exec(text) ?? [];
    const hashes = HASHES.exec(text);
    const tag = TAG.exec(text);
    const underline = UNDERLINE.exec(text)?.[1];
    comment = /^ {0,3}<!--(?!.*-->)/.test(raw);
    if (open !== undefined) fence = open;
    else if (hashes !== null) add(hashes[1]?.length ?? 1, unclosed(text.slice(hashes[0].length)));
    else if (tag !== null) add(Number(tag[1]), tag[2] ?? "");
    else if (underline !== undefined && paragraph !== null) {
      add(underline.startsWith("=") ? 1 : 2, paragraph.text, paragraph.line);
    } else {
      paragraph = paragraphWith(paragraph, text, line);
      continue;
    }
    paragraph = null;
  }
  return found.length === 0 ? NONE : found;
}

const NONE: readonly Heading[] = [];

/** Without the `#` that may close it. */
function unclosed(words: string): string {
  const open = words.trimEnd().replace(/#+$/, "");
  return /[ \t]$/.test(open) ? open.trim() : words.trim();
}

const closes = (text: string, fence: string) => /^ {0,3}(`+|~+)[ \t]*$/.test(text) && text.trim().startsWith(fence);

function paragraphWith(
  paragraph: { text: string; line: number } | null,
  text: string,
  line: number,
): { text: string; line: number } | null {
  if (text.trim() === "") return null;
  if (paragraph !== null) return { text: `${paragraph.text} ${text.trim()}`, line: paragraph.line };
  return OTHER_BLOCK.test(text) ? null : { text: text.trim(), line };
}

/** The words of a line of Markdown, for a list of headings. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/!?\[([^\]]*)\]\[[^\]]*\]/g, "$1")
    .replace(/<\/?[a-z][^>]*>/gi, "")
    .replace(/(`+)(.*?)\1/g, "$2")
    .replace(/(\*\*|__|~~)(.+?)\1/g, "$2")
    .replace(/(^|[^\w\\*])([*_])(\S(?:.*?\S)?)\2(?!\w)/g, "$1$3")
    .replace(/\\([\\`*_{}[\]()#+\-.!$|<>~])/g, "$1")
    .replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name: keyof typeof ENTITIES) => ENTITIES[name])
    .replace(/\s+/g, " ")
    .trim();
}

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " } as const;

/**
 * What `#name` in a link has to be for this heading: its words with `-` for spaces, as Jupyter makes it. Compared in
 * lower case and without other signs, it also takes what GitHub makes of it.
 */
export function anchorOf(text: string): string {
  return text.trim().replace(/\s/g, "-");
}

export function sameAnchor(text: string, wanted: string): boolean {
  const loose = (words: string) => words.toLocaleLowerCase().replace(/[^\p{L}\p{N}_-]/gu, "");
  return anchorOf(text) === wanted || loose(anchorOf(text)) === loose(anchorOf(wanted));
}
