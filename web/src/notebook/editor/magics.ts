/**
 * What IPython adds to Python: where in a cell it stands, and of what parts it is made. Pure; knows no editor.
 *
 * The scanner knows just enough of Python to tell a magic from an operator: strings, comments, brackets, continued lines.
 * It is lenient: code is looked at while it is written.
 */

export type MarkKind = "line" | "shell" | "help" | "cell";

/** A piece of a cell that is no Python. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly kind: MarkKind;
}

export type PartKind = "sign" | "name" | "option" | "string" | "variable" | "comment" | "python" | "body";

/** A part of a mark, counted from its beginning. What is in no part is plain. */
export interface Part {
  readonly from: number;
  readonly to: number;
  readonly kind: PartKind;
}

/** Without any of these there is nothing to look for. */
const MAY_HAVE = /^[ \t]*[%!?]|=[ \t]*[%!]|\?[ \t]*(?:#.*)?$/m;
const CELL = /^(?:[ \t]*\n)*[ \t]*(?=%%[^\s%])/;

/** Cell magics whose body is a language by itself. Unlisted ones wrap Python. */
const BODY_LANGUAGES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bash: "shell",
    sh: "shell",
    shell: "shell",
    zsh: "shell",
    cmd: "powershell",
    powershell: "powershell",
    system: "shell",
    sx: "shell",
    "!": "shell",
    html: "html",
    svg: "xml",
    javascript: "javascript",
    js: "javascript",
    typescript: "typescript",
    css: "css",
    latex: "latex",
    markdown: "markdown",
    md: "markdown",
    sql: "sql",
    sparksql: "sql",
    bigquery: "sql",
    bqsql: "sql",
    duckdb: "sql",
    r: "r",
    julia: "julia",
    perl: "perl",
    ruby: "ruby",
    octave: "octave",
    matlab: "octave",
    fortran: "fortran",
    cython: "cython",
    cpp: "cpp",
    cuda: "cpp",
    cu: "cpp",
    rust: "rust",
    yaml: "yaml",
    json: "json",
    ai: "plain",
  }),
);

const FILE_LANGUAGES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    py: "python",
    sh: "shell",
    html: "html",
    htm: "html",
    js: "javascript",
    mjs: "javascript",
    ts: "typescript",
    css: "css",
    json: "json",
    md: "markdown",
    tex: "latex",
    sql: "sql",
    r: "r",
    jl: "julia",
    c: "c",
    h: "c",
    cc: "cpp",
    cpp: "cpp",
    cu: "cpp",
    hpp: "cpp",
    java: "java",
    rs: "rust",
    go: "go",
    pl: "perl",
    rb: "ruby",
    toml: "toml",
    yaml: "yaml",
    yml: "yaml",
    xml: "xml",
    svg: "xml",
    cmake: "cmake",
    ini: "properties",
    cfg: "properties",
  }),
);

/** The language of a cell magic's body, by its first line: a name of languages.ts, or "plain". */
export function bodyLanguage(firstLine: string): string {
  const [, name = "", args = ""] = /^\s*%%(\S+)\s*(.*)/.exec(firstLine) ?? [];
  if (name === "writefile" || name === "file") {
    const file = args.split(/\s+/).find((word) => word !== "" && !word.startsWith("-")) ?? "";
    return FILE_LANGUAGES.get(/\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? "") ?? "plain";
  }
  const command =
    name === "script" ? (/(?:^|\/|\s)(bash|sh|zsh|perl|ruby|python\d?)\b/.exec(args)?.[1] ?? "plain") : name;
  if (command === "plain") return "plain";
  return BODY_LANGUAGES.get(command.toLowerCase()) ?? "python";
}

/** Where a logical line ends: a backslash at the end of a line goes on with the next. */
function endOfLine(text: string, from: number): number {
  let end = text.indexOf("\n", from);
  while (end !== -1 && text[end - 1] === "\\") end = text.indexOf("\n", end + 1);
  return end === -1 ? text.length : end;
}

/** Behind the string whose quote stands at `from`; one that is not closed ends with its line, or with the text. */
function endOfString(text: string, from: number): number {
  const quote = text.charAt(from);
  const long = text.startsWith(quote.repeat(3), from);
  const close = long ? quote.repeat(3) : quote;
  for (let at = from + close.length; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text.startsWith(close, at)) return at + close.length;
    else if (!long && text[at] === "\n") return at;
  }
  return text.length;
}

const SIGNS: Readonly<Record<string, MarkKind>> = { "%": "line", "!": "shell", "?": "help" };

function markAt(text: string, from: number): Mark {
  const to = endOfLine(text, from);
  const kind = SIGNS[text.charAt(from)] ?? "line";
  const asks = kind === "line" && /^%{1,2}[\w.]+\?{1,2}[ \t]*$/.test(text.slice(from, to));
  return { from, to, kind: asks ? "help" : kind };
}

/** The pieces of a cell that are no Python, in their order. */
export function findMarks(text: string): readonly Mark[] {
  if (!MAY_HAVE.test(text)) return [];
  const cell = CELL.exec(text);
  if (cell === null) return new Scanner(text, 0).run();
  const from = cell[0].length;
  const end = endOfLine(text, from);
  if (bodyLanguage(text.slice(from, end)) !== "python") return [{ from, to: text.length, kind: "cell" }];
  return [{ from, to: end, kind: "cell" }, ...new Scanner(text, end).run()];
}

/** Anything that the scanner must look at. */
const NEXT = /["'#()[\]{}\n\\=?]/g;
const OPENS = "([{";

class Scanner {
  readonly marks: Mark[] = [];
  private readonly text: string;
  private at: number;
  /** Of the statement that is being read. */
  private begin = 0;
  private depth = 0;

  constructor(text: string, start: number) {
    this.text = text;
    this.at = start;
  }

  run(): readonly Mark[] {
    this.statement(this.at);
    for (;;) {
      NEXT.lastIndex = this.at;
      const found = NEXT.exec(this.text);
      if (found === null) return this.marks;
      this.at = found.index + 1;
      this.read(found[0], found.index);
    }
  }

  private read(sign: string, index: number): void {
    if (sign === '"' || sign === "'") this.at = endOfString(this.text, index);
    else if (sign === "#") this.at = lineEnd(this.text, index);
    else if (sign === "\\") this.at = index + 2;
    else if (OPENS.includes(sign)) this.depth += 1;
    else if (sign === "\n" || sign === "=" || sign === "?") this.readInStatement(sign, index);
    else this.depth = Math.max(0, this.depth - 1);
  }

  /** These mean something only outside of brackets. */
  private readInStatement(sign: string, index: number): void {
    if (this.depth > 0) return;
    if (sign === "\n") this.statement(index + 1);
    else if (sign === "=") this.assignment(index);
    else this.question(index);
  }

  private statement(from: number): void {
    const { text } = this;
    this.begin = from;
    while (text[this.begin] === " " || text[this.begin] === "\t") this.begin += 1;
    this.at = this.begin;
    if (SIGNS[text.charAt(this.begin)] !== undefined) this.take(markAt(text, this.begin));
  }

  private assignment(index: number): void {
    const sign = signOfAssignment(this.text, index);
    if (sign !== null) this.take(markAt(this.text, sign));
  }

  /** A question mark is nowhere in Python: the statement that ends with one asks for help. */
  private question(index: number): void {
    const rest = this.text.slice(index + 1, lineEnd(this.text, index));
    if (!/^\??[ \t]*(?:#|$)/.test(rest)) return;
    this.take({ from: this.begin, to: index + (rest.startsWith("?") ? 2 : 1), kind: "help" });
  }

  private take(mark: Mark): void {
    this.marks.push(mark);
    this.at = mark.to;
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

/** Where the sign stands in `x = !ls` and `x = %time f()`, given the place of the `=`. */
function signOfAssignment(text: string, at: number): number | null {
  if (/[=!<>:+\-*/%&|^@~]/.test(text.charAt(at - 1))) return null;
  let sign = at + 1;
  while (text[sign] === " " || text[sign] === "\t") sign += 1;
  return text[sign] === "!" || (text[sign] === "%" && /[A-Za-z_]/.test(text.charAt(sign + 1))) ? sign : null;
}

/** Line magics whose argument is Python, and those whose argument is for a shell. */
const PYTHON_ARGUMENT: ReadonlySet<string> = new Set(["time", "timeit", "prun", "memit", "mprun", "lprun", "debug"]);
const SHELL_ARGUMENT: ReadonlySet<string> = new Set(["sx", "system", "pip", "conda", "mamba", "micromamba", "uv"]);

const WORDS = [
  `(?<string>"(?:[^"\\\\\\n]|\\\\.)*"?|'[^'\\n]*'?)`,
  `(?<variable>\\$\\w+|\\$?\\{[^{}\\n]*\\})`,
  `(?<=\\s)(?<option>--?[A-Za-z][\\w-]*)`,
].join("|");
const ARGUMENTS = new RegExp(WORDS, "g");
const SHELL_ARGUMENTS = new RegExp(`${WORDS}|(?<=\\s)(?<comment>#[^\\n]*)`, "g");

type Groups = Readonly<Record<string, string | undefined>>;

function words(text: string, from: number, to: number, pattern: RegExp): readonly Part[] {
  // One character before, for an option is one only behind a space.
  const before = Math.max(0, from - 1);
  return [...text.slice(before, to).matchAll(pattern)].flatMap((match) => {
    const kind = Object.entries(match.groups as Groups).find(([, found]) => found !== undefined)?.[0];
    const start = before + match.index;
    return kind === undefined || start < from
      ? []
      : [{ from: start, to: start + match[0].length, kind: kind as PartKind }];
  });
}

/** The parts of a mark, in their order. */
export function partsOf(text: string, kind: MarkKind): readonly Part[] {
  switch (kind) {
    case "shell": {
      const sign = text.startsWith("!!") ? 2 : 1;
      return [{ from: 0, to: sign, kind: "sign" }, ...words(text, sign, text.length, SHELL_ARGUMENTS)];
    }
    case "help":
      return [...text.matchAll(/\?+|%+/g)].map(({ index, 0: sign }) => ({
        from: index,
        to: index + sign.length,
        kind: "sign",
      }));
    case "line":
      return lineParts(text, text.length);
    case "cell": {
      const end = endOfLine(text, 0);
      const body: Part[] = end + 1 < text.length ? [{ from: end + 1, to: text.length, kind: "body" }] : [];
      return [...lineParts(text, end), ...body];
    }
  }
}

function lineParts(text: string, end: number): readonly Part[] {
  const sign = text.startsWith("%%") ? 2 : 1;
  const name = /^\s*!?[\w.]*/.exec(text.slice(sign, end))?.[0] ?? "";
  const rest = sign + name.length;
  const head: Part[] = [{ from: 0, to: sign, kind: "sign" }];
  if (name !== "") head.push({ from: sign, to: rest, kind: "name" });
  if (PYTHON_ARGUMENT.has(name.trim())) return [...head, ...pythonParts(text, rest, end)];
  return [...head, ...words(text, rest, end, SHELL_ARGUMENT.has(name.trim()) ? SHELL_ARGUMENTS : ARGUMENTS)];
}

/** Options, then code: `-n 10 -r3 f(x)`. */
function pythonParts(text: string, from: number, end: number): readonly Part[] {
  const options = /^(?:\s+-{1,2}[A-Za-z]\w*(?:[ \t]+\d+)?)*\s*/.exec(text.slice(from, end))?.[0] ?? "";
  const code = from + options.length;
  const python: Part[] = code < end ? [{ from: code, to: end, kind: "python" }] : [];
  return [...words(text, from, code, ARGUMENTS), ...python];
}

/** The text as the Python parser may see it: each mark is one name of the same length. */
export function maskMarks(text: string, marks: readonly Mark[]): string {
  let masked = "";
  let last = 0;
  for (const { from, to } of marks) {
    masked += text.slice(last, from) + "_".repeat(to - from);
    last = to;
  }
  return masked + text.slice(last);
}
