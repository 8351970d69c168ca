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

/** The formula that this opens at `at`; null when it does not end, or is empty. */
function closed(text: string, at: number, { length, closing, display }: Opening): Found | null {
  const end = unescaped(text, closing, at + length, LIMITS.LATEX_CHARS);
  if (end === -1) return null;
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

/** Where this stands next, within so many characters, without a backslash before it that is meant for it; or -1. */
function unescaped(text: string, sign: string, from: number, within: number): number {
  const part = text.slice(0, Math.max(0, from + within));
  for (let at = part.indexOf(sign, from); at !== -1; at = part.indexOf(sign, at + 1)) {
    if (!isEscaped(text, at)) return at;
  }
  return -1;
}

/** Where a closing was looked for last, and found: texts with very many openings are read once, not once for each. */
type Closings = Map<string, { readonly text: string; readonly from: number; readonly at: number }>;

/** Whether this closing stands behind `from`, near enough to be that of a formula. */
function hasClosing(env: unknown, text: string, closing: string, from: number): boolean {
  const closings = ((env as { closings?: Closings }).closings ??= new Map() as Closings);
  const known = closings.get(closing);
  let at = known?.at ?? -1;
  if (known?.text !== text || from < known.from || (at !== -1 && at < from)) at = text.indexOf(closing, from);
  closings.set(closing, { text, from, at });
  return at !== -1 && at - from <= LIMITS.LATEX_CHARS;
}

function inlineMath(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  const sign = src.charAt(pos);
  if (sign !== "$" && sign !== "\\") return false;
  const opening = openingAt(src, pos);
  if (opening !== null && !hasClosing(state.env, src, opening.closing, pos + opening.length)) return false;
  const found = opening !== null ? closed(src, pos, opening) : sign === "$" ? dollars(src, pos) : null;
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
  if (opening?.display !== true || !hasClosing(state.env, state.src, opening.closing, at + opening.length))
    return false;
  let text = state.src.slice(at, state.eMarks[start]);
  for (let line = start; text.length <= LIMITS.LATEX_CHARS; line += 1) {
    if (unescaped(text, opening.closing, opening.length, LIMITS.LATEX_CHARS) !== -1) {
      const found = closed(text, 0, opening);
      if (found === null || text.slice(found.end).trim() !== "") return false;
      return silent || pushBlock(state, found, start, line + 1);
    }
    // A line that stands further out belongs to what is around it.
    if (line + 1 >= end || (!state.isEmpty(line + 1) && (state.sCount[line + 1] ?? 0) < state.blkIndent)) return false;
    text += `\n${state.getLines(line + 1, line + 2, state.blkIndent, false)}`;
  }
  return false;
}

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
