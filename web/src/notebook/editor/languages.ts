/**
 * The languages that code may be in, by name. Python is there with the editor; any other is fetched when it is first
 * seen, and whoever was drawn without it is told when it has come.
 */
import { type Language, ParseContext, StreamLanguage, type StreamParser } from "@codemirror/language";
import type { Parser } from "@lezer/common";

import { fetchPart } from "../../ui/part";

type Load = () => Promise<Language>;

const stream =
  <K extends string>(load: () => Promise<Record<K, StreamParser<unknown>>>, name: K): Load =>
  async () =>
    StreamLanguage.define((await load())[name]);

const clike = () => import("@codemirror/legacy-modes/mode/clike");
const javascript = () => import("@codemirror/lang-javascript");

const LANGUAGES: Readonly<Record<string, Load>> = {
  markdown: async () => {
    const { markdown, markdownLanguage } = await import("@codemirror/lang-markdown");
    return markdown({ base: markdownLanguage }).language;
  },
  html: async () => (await import("@codemirror/lang-html")).html().language,
  css: async () => (await import("@codemirror/lang-css")).cssLanguage,
  javascript: async () => (await javascript()).javascriptLanguage,
  typescript: async () => (await javascript()).typescriptLanguage,
  sql: async () => (await import("@codemirror/lang-sql")).StandardSQL.language,
  json: stream(() => import("@codemirror/legacy-modes/mode/javascript"), "json"),
  shell: stream(() => import("@codemirror/legacy-modes/mode/shell"), "shell"),
  r: stream(() => import("@codemirror/legacy-modes/mode/r"), "r"),
  julia: stream(() => import("@codemirror/legacy-modes/mode/julia"), "julia"),
  latex: stream(() => import("@codemirror/legacy-modes/mode/stex"), "stex"),
  perl: stream(() => import("@codemirror/legacy-modes/mode/perl"), "perl"),
  ruby: stream(() => import("@codemirror/legacy-modes/mode/ruby"), "ruby"),
  rust: stream(() => import("@codemirror/legacy-modes/mode/rust"), "rust"),
  go: stream(() => import("@codemirror/legacy-modes/mode/go"), "go"),
  lua: stream(() => import("@codemirror/legacy-modes/mode/lua"), "lua"),
  haskell: stream(() => import("@codemirror/legacy-modes/mode/haskell"), "haskell"),
  ocaml: stream(() => import("@codemirror/legacy-modes/mode/mllike"), "oCaml"),
  fsharp: stream(() => import("@codemirror/legacy-modes/mode/mllike"), "fSharp"),
  octave: stream(() => import("@codemirror/legacy-modes/mode/octave"), "octave"),
  fortran: stream(() => import("@codemirror/legacy-modes/mode/fortran"), "fortran"),
  cython: stream(() => import("@codemirror/legacy-modes/mode/python"), "cython"),
  c: stream(clike, "c"),
  cpp: stream(clike, "cpp"),
  java: stream(clike, "java"),
  kotlin: stream(clike, "kotlin"),
  scala: stream(clike, "scala"),
  csharp: stream(clike, "csharp"),
  clojure: stream(() => import("@codemirror/legacy-modes/mode/clojure"), "clojure"),
  scheme: stream(() => import("@codemirror/legacy-modes/mode/scheme"), "scheme"),
  erlang: stream(() => import("@codemirror/legacy-modes/mode/erlang"), "erlang"),
  groovy: stream(() => import("@codemirror/legacy-modes/mode/groovy"), "groovy"),
  swift: stream(() => import("@codemirror/legacy-modes/mode/swift"), "swift"),
  powershell: stream(() => import("@codemirror/legacy-modes/mode/powershell"), "powerShell"),
  sas: stream(() => import("@codemirror/legacy-modes/mode/sas"), "sas"),
  xml: stream(() => import("@codemirror/legacy-modes/mode/xml"), "xml"),
  yaml: stream(() => import("@codemirror/legacy-modes/mode/yaml"), "yaml"),
  toml: stream(() => import("@codemirror/legacy-modes/mode/toml"), "toml"),
  cmake: stream(() => import("@codemirror/legacy-modes/mode/cmake"), "cmake"),
  properties: stream(() => import("@codemirror/legacy-modes/mode/properties"), "properties"),
};

/** Names of kernels' languages (`language_info.name`, in small letters) that are not those above. */
const ALIASES: Readonly<Record<string, string>> = {
  bash: "shell",
  sh: "shell",
  zsh: "shell",
  ir: "r",
  "c++": "cpp",
  "c++11": "cpp",
  "c++14": "cpp",
  "c++17": "cpp",
  "c++20": "cpp",
  "c#": "csharp",
  "f#": "fsharp",
  matlab: "octave",
  tex: "latex",
  js: "javascript",
  ts: "typescript",
  postgresql: "sql",
  sqlite: "sql",
};

const fetched = new Map<string, Language>();
const fetching = new Map<string, Promise<Language>>();
const listeners = new Set<() => void>();

/** Called when a language has come. */
export function subscribeLanguages(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How many have come: another number, another drawing. */
export const languagesFetched = (): number => fetched.size;

/** null: a language that is not known, or none; the text is plain. */
export function fetchLanguage(name: string): Language | Promise<Language> | null {
  const small = name.toLowerCase();
  const known = Object.hasOwn(ALIASES, small) ? (ALIASES[small] ?? small) : small;
  const load = Object.hasOwn(LANGUAGES, known) ? LANGUAGES[known] : undefined;
  if (load === undefined) return null;
  return fetched.get(known) ?? fetching.get(known) ?? begin(known, load);
}

function begin(name: string, load: Load): Promise<Language> {
  const promise = fetchPart(load).then((language) => {
    fetched.set(name, language);
    fetching.delete(name);
    for (const listener of listeners) listener();
    return language;
  });
  fetching.set(name, promise);
  return promise;
}

/** For a piece of a text. One that has to be fetched leaves the piece plain until it is there. */
export function nestedParser(name: string): Parser | null {
  const found = fetchLanguage(name);
  if (found === null) return null;
  return found instanceof Promise ? ParseContext.getSkippingParser(found) : found.parser;
}
