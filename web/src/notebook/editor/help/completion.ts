/**
 * Completion: what the kernel knows, with the kind beside each name; what stands in the cell itself where the kernel cannot
 * be asked. While it is asked the list that is shown stays, and what one types on narrows it without asking again.
 */
import { type Completion, type CompletionContext, type CompletionResult, ifNotIn } from "@codemirror/autocomplete";
import { globalCompletion, localCompletionSource } from "@codemirror/lang-python";
import { syntaxTree } from "@codemirror/language";

import type { Completion as Found, Completions } from "../../../wire/types";
import { strings } from "../../../words";
import { findMarks } from "../magics";
import { fromCodePoints, toCodePoints } from "./code-points";

/** What could stand at the caret, which is counted in code points; null when the kernel does not say. */
export type AskCompletions = (code: string, cursor: number) => Promise<Completions | null>;

const WORD = /[\p{L}\p{N}_]*$/u;
const NARROWS = /^[%\p{L}\p{N}_]*$/u;
const SILENT = new Set(["Comment", "String", "FormatString", "ContinuedString"]);
const DETAIL_CHARS = 44;

/** Whether a list may come up by itself, as one types. */
function comesUp(context: CompletionContext, word: string, before: string): boolean {
  const { name } = syntaxTree(context.state).resolveInner(context.pos, -1);
  if (SILENT.has(name)) return false;
  if (word === "") return before === "." || before === "%";
  return !/^\p{N}/u.test(word);
}

/** Of `a.b.c` what is narrowed by: names that are private come last. */
function rank(text: string): number {
  const name = text.slice(text.lastIndexOf(".") + 1);
  if (name.startsWith("__")) return -20;
  return name.startsWith("_") ? -10 : 0;
}

function shown({ text, type, signature }: Found): Completion {
  const kind = kindOf(type);
  const detail = signature === "" ? strings.editor.help.kinds[kind] : cut(signature);
  return { label: text, type: kind, detail, boost: rank(text) };
}

const cut = (text: string) => (text.length <= DETAIL_CHARS ? text : `${text.slice(0, DETAIL_CHARS - 1)}…`);

export const KINDS = [
  "function",
  "class",
  "module",
  "instance",
  "keyword",
  "param",
  "property",
  "magic",
  "path",
  "name",
] as const;
export type Kind = (typeof KINDS)[number];

/** The kernel's word for what it is, as one of ours. */
export function kindOf(type: string): Kind {
  const known = KINDS.find((kind) => kind === type);
  if (known !== undefined) return known;
  return type === "statement" ? "instance" : type === "method" ? "function" : "name";
}

/** What a shell reads: no magic can stand there, though the kernel offers them. */
function isForShell(code: string, pos: number): boolean {
  return findMarks(code).some(({ kind, from, to }) => {
    if (pos <= from || pos > to) return false;
    return kind === "shell" || (kind === "cell" && code.slice(from, pos).includes("\n"));
  });
}

const isMagic = ({ text, type }: Found) => type === "magic" || text.startsWith("%");

export function completionSource(ask: AskCompletions) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const word = context.matchBefore(WORD)?.text ?? "";
    const from = context.pos - word.length;
    const before = context.state.sliceDoc(from - 1, from);
    if (!context.explicit && !comesUp(context, word, before)) return null;
    const code = context.state.doc.toString();
    const found = await ask(code, toCodePoints(code, context.pos));
    if (context.aborted) return null;
    if (found === null) return before === "." ? null : ofTheCell(context);
    const items = isForShell(code, context.pos) ? found.items.filter((item) => !isMagic(item)) : found.items;
    return {
      from: fromCodePoints(code, found.start),
      options: items.map(shown),
      ...(!found.more && { validFor: NARROWS }),
    };
  };
}

/** Without the kernel: names of the cell and of the language. */
async function ofTheCell(context: CompletionContext): Promise<CompletionResult | null> {
  const ofLanguage = await ifNotIn(["String", "Comment"], globalCompletion)(context);
  const there = [localCompletionSource(context), ofLanguage].filter((result) => result !== null);
  const [first] = there;
  if (first === undefined) return null;
  const names = new Map<string, Completion>();
  for (const { options } of there) {
    for (const { label, type = "" } of options) {
      if (!names.has(label)) names.set(label, shown({ text: label, type: LOCAL[type] ?? type, signature: "" }));
    }
  }
  return { from: first.from, options: [...names.values()], validFor: NARROWS };
}

/** Words of CodeMirror's own sources. */
const LOCAL: Readonly<Record<string, string>> = { variable: "instance", namespace: "module", constant: "keyword" };
