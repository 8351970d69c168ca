/**
 * What a form is, read from the source of a code cell: `#@title`, `#@param`, `#@markdown` as Colab has them. Pure: from
 * text to rows, each field with the exact range of its literal. A line that is not understood is a problem with its line,
 * and no field; it never hides the others.
 */
import { LIMITS } from "../../wire/types";
import { type Literal, readLiteral, stringEnd } from "./literal";
import { type Item, type Options, readObject, readOptions } from "./loose";

export type View = "form" | "both" | "code";

export interface Choice {
  /** As it is shown. */
  readonly label: string;
  /** What is written for it: a string, or this very code. */
  readonly writes: { readonly t: "string"; readonly text: string } | { readonly t: "code"; readonly code: string };
}

export type Control =
  | { readonly t: "choice"; readonly choices: readonly Choice[]; readonly free: "string" | "raw" | null }
  | { readonly t: "text" | "raw" | "date"; readonly placeholder: string }
  | ({ readonly t: "number"; readonly integer: boolean; readonly placeholder: string } & Bounds)
  | ({ readonly t: "slider" } & Required<Bounds>)
  | { readonly t: "boolean" };

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
}

export interface Field {
  readonly t: "field";
  readonly name: string;
  readonly control: Control;
  /** Of the literal in the source, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
  /** What stands there. */
  readonly code: string;
  /** What that is; null for an expression. */
  readonly literal: Literal | null;
}

export interface MarkdownRow {
  readonly t: "markdown";
  readonly text: string;
}

export type Row = Field | MarkdownRow;

export interface Title {
  readonly text: string;
  readonly view: View | null;
  readonly auto: boolean;
}

export interface Problem {
  /** From 1. */
  readonly line: number;
  readonly reason: "assignment" | "value" | "options" | "type" | "choices" | "many";
}

export interface Form {
  readonly title: Title | null;
  readonly rows: readonly Row[];
  readonly problems: readonly Problem[];
}

const MARK = /^#[ \t]*@(title|param|markdown)(?![\w-])[ \t]*(.*?)[ \t]*$/;
const ASSIGNMENT = /^[ \t]*([\p{L}_][\p{L}\p{N}_]*)[ \t]*(?::[^=#'"]+)?=(?!=)[ \t]*(.*?)[ \t]*$/u;

/** Null when the source has no form. */
export function readForm(source: string): Form | null {
  if (!/#[ \t]*@(?:title|param|markdown)/.test(source)) return null;
  const reader = new FormReader();
  for (const comment of comments(source)) reader.take(comment);
  const { title, rows, problems } = reader;
  return title === null && rows.length === 0 && problems.length === 0 ? null : { title, rows, problems };
}

interface Comment {
  readonly text: string;
  readonly line: number;
  /** What stands before it on its line, and where that begins. */
  readonly before: string;
  readonly from: number;
}

/** All comments; none within strings, of one line or of many. */
function* comments(source: string): Generator<Comment> {
  let [line, from, at] = [1, 0, 0];
  const newLine = (next: number) => {
    line += 1;
    from = next;
  };
  while (at < source.length) {
    const sign = source[at];
    if (sign === "\n") newLine(at + 1);
    if (sign === "#") {
      const end = source.indexOf("\n", at);
      const to = end === -1 ? source.length : end;
      yield { text: source.slice(at, to).replace(/\r$/, ""), line, before: source.slice(from, at), from };
      at = to;
    } else if (sign === '"' || sign === "'") {
      const end = stringEnd(source, at) ?? brokenEnd(source, at);
      for (let next = source.indexOf("\n", at); next !== -1 && next < end; next = source.indexOf("\n", next + 1)) {
        newLine(next + 1);
      }
      at = end;
    } else at += 1;
  }
}

/** A string that does not end: one of three quotes goes on to the end of the source, one of one quote to that of its line. */
function brokenEnd(source: string, at: number): number {
  const end = /^("""|''')/.test(source.slice(at, at + 3)) ? -1 : source.indexOf("\n", at);
  return end === -1 ? source.length : end;
}

class FormReader {
  title: Title | null = null;
  readonly rows: Row[] = [];
  readonly problems: Problem[] = [];
  private fields = 0;
  private markdownLine = 0;

  take(comment: Comment): void {
    const [, kind, text = ""] = MARK.exec(comment.text) ?? [];
    const alone = comment.before.trim() === "";
    if (kind === "title" && alone) this.title ??= readTitle(text);
    else if (kind === "markdown" && alone) this.markdown(text, comment.line);
    else if (kind === "param") this.field(comment, text);
  }

  private markdown(text: string, line: number): void {
    const last = this.rows.at(-1);
    if (last?.t !== "markdown" || this.markdownLine !== line - 1) this.rows.push({ t: "markdown", text });
    else this.rows[this.rows.length - 1] = { t: "markdown", text: last.text + between(last.text, text) + text };
    this.markdownLine = line;
  }

  private field({ before, from, line }: Comment, text: string): void {
    const made = fieldOf(before, from, text);
    if (typeof made === "string") {
      this.problems.push({ line, reason: made });
      return;
    }
    this.fields += 1;
    if (this.fields <= LIMITS.FORM_FIELDS) this.rows.push(made);
    else if (this.fields === LIMITS.FORM_FIELDS + 1) this.problems.push({ line, reason: "many" });
  }
}

/** Lines of one list or table belong together; any other line is a paragraph of its own. */
const PART = /^\s*(?:[-*+]\s|\d+[.)]\s|\|)/;
function between(before: string, text: string): string {
  const last = before.slice(before.lastIndexOf("\n") + 1);
  return PART.test(last) && PART.test(text) ? "\n" : "\n\n";
}

const TITLE_OPTIONS: ReadonlySet<string> = new Set(["display-mode", "run", "vertical-output"]);

function readTitle(text: string): Title {
  for (let at = text.indexOf("{"); at !== -1 && text.endsWith("}"); at = text.indexOf("{", at + 1)) {
    const fields = readObject(text.slice(at));
    // A formula may have braces too.
    if (fields === null || !Object.keys(fields).every((key) => TITLE_OPTIONS.has(key))) continue;
    const view = fields["display-mode"]?.text;
    return { text: text.slice(0, at).trim(), view: isView(view) ? view : null, auto: fields["run"]?.text === "auto" };
  }
  return { text, view: null, auto: false };
}

export const isView = (value: unknown): value is View => value === "form" || value === "both" || value === "code";

function fieldOf(before: string, lineFrom: number, text: string): Field | Problem["reason"] {
  const found = ASSIGNMENT.exec(before);
  if (found === null) return "assignment";
  const [, name = "", code = ""] = found;
  if (code === "") return "value";
  const options = readOptions(text);
  if (options === null) return "options";
  const control = controlOf(options);
  if (typeof control === "string") return control;
  const from = lineFrom + before.lastIndexOf(code);
  return { t: "field", name, control, from, to: from + code.length, code, literal: readLiteral(code) };
}

function controlOf({ list, fields }: Options): Control | "type" | "choices" {
  const type = fields["type"]?.text ?? null;
  if (list !== null) return choiceOf(list, type, fields);
  const placeholder = fields["placeholder"]?.text ?? "";
  switch (type) {
    case "string":
      return { t: "text", placeholder };
    case null:
    case "raw":
      return { t: "raw", placeholder };
    case "date":
      return { t: "date", placeholder };
    case "number":
    case "integer":
      return { t: "number", integer: type === "integer", placeholder, ...boundsOf(fields) };
    case "slider":
      return sliderOf(boundsOf(fields));
    case "boolean":
      return { t: "boolean" };
    default:
      return "type";
  }
}

function choiceOf(list: readonly Item[], type: string | null, fields: Options["fields"]): Control | "choices" {
  if (list.length === 0) return "choices";
  const raw = type === "raw";
  const asText = type === "string";
  const choices = list.map(({ t, text }): Choice => {
    const code = raw || (t !== "string" && !asText);
    return { label: text, writes: code ? { t: "code", code: text } : { t: "string", text } };
  });
  const free = fields["allow-input"]?.text === "True" ? (raw ? "raw" : "string") : null;
  return { t: "choice", choices, free };
}

function boundsOf(fields: Options["fields"]): Bounds {
  const read = (key: string) => Number(fields[key]?.text.replace(/_/g, "") ?? NaN);
  const [min, max, step] = [read("min"), read("max"), read("step")];
  return {
    ...(Number.isFinite(min) && { min }),
    ...(Number.isFinite(max) && { max }),
    ...(Number.isFinite(step) && step > 0 && { step }),
  };
}

function sliderOf({ min = 0, max = Math.max(100, min), step = 1 }: Bounds): Control {
  return { t: "slider", min: Math.min(min, max), max: Math.max(min, max), step };
}
