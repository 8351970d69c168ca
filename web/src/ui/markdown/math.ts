/**
 * LaTeX in Markdown: finds formulas before Markdown reads their signs, and hands each on as a placeholder with its source
 * as text. Pure rules of markdown-it; nothing is typeset here.
 *
 * `$..$`, `$$..$$`, `\(..\)`, `\[..\]` and environments (`\begin{..}..\end{..}`), within a line or as blocks of their own.
 */
import type { MarkdownIt, StateBlock, StateInline } from "markdown-it";

import { LIMITS } from "../../wire/types";

/** Between two single `$`: with more it is no formula within a sentence, and looking further would take its time. */
const INLINE_CHARS = 2_000;

interface Found {
  readonly tex: string;
  readonly display: boolean;
  readonly end: number;
}

interface Opening {
  /** How much of it is no part of the formula. */
  readonly length: number;
  readonly closing: string;
  readonly display: boolean;
}

/** Those that KaTeX knows as formulas of their own; any other `\begin` is text. */
const ENVIRONMENT =
  /^\\begin\{((?:align|alignat|aligned|gather|gathered|equation|eqnarray|multline|split|cases|rcases|array|subarray|[pbBvV]?matrix|smallmatrix|CD)\*?)\}/;

/** What opens a formula here, but for a single `$`. */
function openingAt(text: string, at: number): Opening | null {
  if (text.startsWith("$$", at)) return { length: 2, closing: "$$", display: true };
  if (text.startsWith("\\[", at)) return { length: 2, closing: "\\]", display: true };
  if (text.startsWith("\\(", at)) return { length: 2, closing: "\\)", display: false };
  const name = ENVIRONMENT.exec(text.slice(at, at + 40))?.[1];
  return name === undefined ? null : { length: 0, closing: `\\end{${name}}`, display: true };
}

/** The formula between its opening at `at` and its closing at `end`; null when it is empty. */
function between(text: string, at: number, end: number, { length, closing, display }: Opening): Found | null {
  const tex = length === 0 ? text.slice(at, end + closing.length) : text.slice(at + length, end);
  return tex.trim() === "" ? null : { tex, display, end: end + closing.length };
}

/** An opening `$` has no space behind it, a closing one none before it and no digit behind: money is no formula. */
function dollars(text: string, at: number): Found | null {
  if (/[\s$]|^$/.test(text.charAt(at + 1))) return null;
  const near = text.slice(at, at + INLINE_CHARS);
  const blank = /\n[ \t]*\n/.exec(near)?.index ?? near.length;
  const closing = /(?<=\S)\$(?!\d)/g;
  for (let found = closing.exec(near); found !== null && found.index < blank; found = closing.exec(near)) {
    const { index } = found;
    if (index > 0 && !isEscaped(near, index)) {
      return { tex: near.slice(1, index), display: false, end: at + index + 1 };
    }
  }
  return null;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === "\\") slashes += 1;
  return slashes % 2 === 1;
}

/** Where this stands next without a backslash before it that is meant for it; or -1. */
function unescaped(text: string, sign: string, from: number): number {
  let at = text.indexOf(sign, from);
  while (at !== -1 && isEscaped(text, at)) at = text.indexOf(sign, at + 1);
  return at;
}

/** Where a closing was looked for last, and found: texts with very many openings are read once, not once for each. */
type Closings = Map<string, { readonly text: string; readonly from: number; readonly at: number }>;

/** Where the closing of a formula stands whose content begins at `from`; -1 when there is none near enough. */
function closingAt(env: unknown, text: string, closing: string, from: number): number {
  const closings = ((env as { closings?: Closings }).closings ??= new Map() as Closings);
  const known = closings.get(closing);
  const holds = known?.text === text && from >= known.from && (known.at === -1 || from <= known.at);
  const at = holds ? known.at : unescaped(text, closing, from);
  if (!holds) closings.set(closing, { text, from, at });
  return at - from <= LIMITS.LATEX_CHARS ? at : -1;
}

function inlineMath(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  const sign = src.charAt(pos);
  if (sign !== "$" && sign !== "\\") return false;
  const opening = openingAt(src, pos);
  const end = opening === null ? -1 : closingAt(state.env, src, opening.closing, pos + opening.length);
  if (opening !== null && end === -1) return false;
  const found = opening !== null ? between(src, pos, end, opening) : sign === "$" ? dollars(src, pos) : null;
  if (found === null || found.end > state.posMax) return false;
  if (!silent) {
    const token = state.push("math", "span", 0);
    token.content = found.tex;
    token.markup = found.display ? "display" : "inline";
  }
  state.pos = found.end;
  return true;
}

/** A formula that begins a line and ends one. Lines of a quotation or of a list keep their marks out of it. */
function blockMath(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  if ((state.sCount[start] ?? 0) - state.blkIndent >= 4) return false;
  const at = (state.bMarks[start] ?? 0) + (state.tShift[start] ?? 0);
  const opening = openingAt(state.src, at);
  if (opening?.display !== true) return false;
  const closing = closingAt(state.env, state.src, opening.closing, at + opening.length);
  if (closing === -1 || !endsLine(state.src, closing + opening.closing.length)) return false;
  let last = start;
  while ((state.eMarks[last] ?? Infinity) < closing) {
    last += 1;
    // A line that stands further out belongs to what is around it.
    if (last >= end || (!state.isEmpty(last) && (state.sCount[last] ?? 0) < state.blkIndent)) return false;
  }
  const lines = [state.src.slice(at, state.eMarks[start])];
  if (last > start) lines.push(state.getLines(start + 1, last + 1, state.blkIndent, false));
  const text = lines.join("\n").trimEnd();
  const found = between(text, 0, text.length - opening.closing.length, opening);
  if (found === null) return false;
  return silent || pushBlock(state, found, start, last + 1);
}

/** Nothing but space follows on the line. */
function endsLine(text: string, at: number): boolean {
  ENDS.lastIndex = at;
  return ENDS.test(text);
}

const ENDS = /[^\S\n]*(?:\n|$)/y;

function pushBlock(state: StateBlock, found: Found, start: number, next: number): true {
  const token = state.push("math_block", "p", 0);
  token.content = found.tex;
  token.map = [start, next];
  state.line = next;
  return true;
}

export function mathRules(markdown: MarkdownIt): void {
  const { escapeHtml } = markdown.utils;
  markdown.inline.ruler.before("escape", "math", inlineMath);
  markdown.block.ruler.after("blockquote", "math_block", blockMath, {
    alt: ["paragraph", "reference", "blockquote", "list"],
  });
  const span = (tex: string, kind: string) => `<span data-math="${kind}">${escapeHtml(tex.trim())}</span>`;
  markdown.renderer.rules["math"] = (tokens, at) => span(tokens[at]?.content ?? "", tokens[at]?.markup ?? "inline");
  markdown.renderer.rules["math_block"] = (tokens, at) => `<p>${span(tokens[at]?.content ?? "", "display")}</p>\n`;
}
