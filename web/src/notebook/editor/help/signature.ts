/** The signature of what is called, read from what IPython says of it: `Signature: f(a, b=1)`, then its docstring. Pure. */

export interface Signature {
  readonly name: string;
  readonly parameters: readonly string[];
  /** What it gives back, as it is written. */
  readonly result: string;
  /** The first paragraph of its documentation. */
  readonly doc: string;
}

/** Which argument the caret is in: by its place, or by its name. */
export interface Argument {
  readonly index: number;
  readonly keyword: string | null;
}

const HEADER =
  /^(Signature|Init signature|Call signature|Docstring|Init docstring|Class docstring|[A-Z][a-z]+(?: [a-z]+)*):/;
const DOC_CHARS = 280;
const OPENING = "([{";
const CLOSING = ")]}";

/** What stands under the first of these headers that is there, up to the next header. */
function section(lines: readonly string[], ...names: readonly string[]): string | null {
  const start = lines.findIndex((line) => names.includes(HEADER.exec(line)?.[1] ?? ""));
  const head = lines[start];
  if (head === undefined) return null;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => HEADER.test(line));
  return [head.replace(HEADER, ""), ...(end < 0 ? rest : rest.slice(0, end))].join("\n").trim();
}

/** Where the text is outside of strings and brackets: each such unit with its place. */
function* outside(text: string): Generator<readonly [number, string, number]> {
  let depth = 0;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charAt(at);
    if (quote !== "") {
      if (unit === "\\") at += 1;
      else if (unit === quote) quote = "";
      continue;
    }
    if (unit === "'" || unit === '"') quote = unit;
    if (CLOSING.includes(unit)) depth -= 1;
    yield [at, unit, depth];
    if (OPENING.includes(unit)) depth += 1;
  }
}

function parametersOf(inside: string): readonly string[] {
  const parameters: string[] = [];
  let from = 0;
  for (const [at, unit, depth] of outside(inside)) {
    if (unit !== "," || depth !== 0) continue;
    parameters.push(inside.slice(from, at).trim());
    from = at + 1;
  }
  parameters.push(inside.slice(from).trim());
  return parameters.filter((parameter) => parameter !== "");
}

/** `text` is without colours. null when it says none. */
export function signatureOf(text: string): Signature | null {
  const lines = text.split("\n");
  const said = section(lines, "Signature", "Init signature", "Call signature")?.replace(/\s+/g, " ");
  if (said === undefined) return null;
  const open = said.indexOf("(");
  let close = -1;
  for (const [at, unit, depth] of outside(said)) {
    if (unit === ")" && depth === 0 && at > open) {
      close = at;
      break;
    }
  }
  if (open < 0 || close < 0) return null;
  const doc = section(lines, "Docstring", "Init docstring", "Class docstring") ?? "";
  const paragraph = (doc.split(/\n\s*\n/)[0] ?? "").replace(/\s+/g, " ").trim();
  return {
    name: said.slice(0, open).trim(),
    parameters: parametersOf(said.slice(open + 1, close)),
    result: said.slice(close + 1).trim(),
    doc: paragraph.length > DOC_CHARS ? `${paragraph.slice(0, DOC_CHARS - 1)}…` : paragraph,
  };
}

const nameOf = (parameter: string) => /^\**\s*([\p{L}\p{N}_]+)/u.exec(parameter)?.[1] ?? "";

/** Which of the parameters the argument is for; null when none can be told. */
export function parameterAt({ parameters }: Signature, { index, keyword }: Argument): number | null {
  const catchAll = parameters.findIndex((parameter) => parameter.startsWith("**"));
  if (keyword !== null) {
    const named = parameters.findIndex((parameter) => !parameter.startsWith("*") && nameOf(parameter) === keyword);
    if (named >= 0) return named;
    return catchAll < 0 ? null : catchAll;
  }
  // `/` and `*` only part the others; what stands after `*` or `*args` is given by its name.
  const places = parameters.map((parameter, at) => ({ parameter, at })).filter(({ parameter }) => parameter !== "/");
  const many = places.findIndex(({ parameter }) => parameter === "*" || /^\*[^*]/.test(parameter));
  const positional = many < 0 ? places.filter(({ parameter }) => !parameter.startsWith("**")) : places.slice(0, many);
  const found = positional[index];
  if (found !== undefined) return found.at;
  const rest = places[many];
  return rest === undefined || rest.parameter === "*" ? null : rest.at;
}
