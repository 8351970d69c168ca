/** The colours of code in fences: for each language its reader, fetched when a fence in it is first shown. */
import { highlightCode } from "@lezer/highlight";
import { type Language, StreamLanguage, type StreamParser } from "@codemirror/language";

import { codeClasses, type Token } from "../editor/highlight";

/** Longer fences have no colours. */
const LONGEST_CHARS = 50_000;

type Parser = Language["parser"];
type Load = () => Promise<Parser>;

const stream = (load: () => Promise<StreamParser<unknown>>): Load => {
  return async () => StreamLanguage.define(await load()).parser;
};

const clike = () => import("@codemirror/legacy-modes/mode/clike");
const script = () => import("@codemirror/legacy-modes/mode/javascript");

const LOADS: Readonly<Record<string, Load>> = {
  python: async () => (await import("@lezer/python")).parser,
  sql: async () => (await import("@codemirror/lang-sql")).StandardSQL.language.parser,
  javascript: stream(async () => (await script()).javascript),
  typescript: stream(async () => (await script()).typescript),
  json: stream(async () => (await script()).json),
  shell: stream(async () => (await import("@codemirror/legacy-modes/mode/shell")).shell),
  r: stream(async () => (await import("@codemirror/legacy-modes/mode/r")).r),
  julia: stream(async () => (await import("@codemirror/legacy-modes/mode/julia")).julia),
  yaml: stream(async () => (await import("@codemirror/legacy-modes/mode/yaml")).yaml),
  toml: stream(async () => (await import("@codemirror/legacy-modes/mode/toml")).toml),
  rust: stream(async () => (await import("@codemirror/legacy-modes/mode/rust")).rust),
  go: stream(async () => (await import("@codemirror/legacy-modes/mode/go")).go),
  ruby: stream(async () => (await import("@codemirror/legacy-modes/mode/ruby")).ruby),
  diff: stream(async () => (await import("@codemirror/legacy-modes/mode/diff")).diff),
  css: stream(async () => (await import("@codemirror/legacy-modes/mode/css")).css),
  html: stream(async () => (await import("@codemirror/legacy-modes/mode/xml")).html),
  xml: stream(async () => (await import("@codemirror/legacy-modes/mode/xml")).xml),
  dockerfile: stream(async () => (await import("@codemirror/legacy-modes/mode/dockerfile")).dockerFile),
  c: stream(async () => (await clike()).c),
  cpp: stream(async () => (await clike()).cpp),
  csharp: stream(async () => (await clike()).csharp),
  java: stream(async () => (await clike()).java),
  kotlin: stream(async () => (await clike()).kotlin),
  scala: stream(async () => (await clike()).scala),
};

const ALIASES: Readonly<Record<string, string>> = {
  ...{ py: "python", python3: "python", ipython: "python", ipython3: "python", pycon: "python" },
  ...{ js: "javascript", jsx: "javascript", node: "javascript", ts: "typescript", tsx: "typescript", jsonc: "json" },
  ...{ sh: "shell", bash: "shell", zsh: "shell", console: "shell", rlang: "r", jl: "julia", yml: "yaml", rs: "rust" },
  ...{
    golang: "go",
    rb: "ruby",
    docker: "dockerfile",
    "c++": "cpp",
    cc: "cpp",
    cuda: "cpp",
    "c#": "csharp",
    cs: "csharp",
  },
};

/** The name that a fence's language goes by here; null when there are no colours for it. */
export function languageOf(info: string): string | null {
  const name = info.toLowerCase();
  const known = Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name;
  return Object.hasOwn(LOADS, known) ? known : null;
}

export type Colours = (text: string) => readonly Token[];

export async function loadColours(language: string): Promise<Colours> {
  const parser = await LOADS[language]?.();
  if (parser === undefined) throw new Error(`No colours for ${language}`);
  return (text) => {
    const tokens: Token[] = [];
    if (text.length > LONGEST_CHARS) return [{ text, classes: "" }];
    highlightCode(
      text,
      parser.parse(text),
      codeClasses,
      (part, classes) => tokens.push({ text: part, classes }),
      () => tokens.push({ text: "\n", classes: "" }),
    );
    return tokens;
  };
}
