/** The colours of code in fences, by the language that the fence names: those of the editors. Fetched with the first fence. */
import { colouredPieces } from "../editor/code-language";
import type { Token } from "../editor/highlight";
import { fetchLanguage } from "../editor/languages";

/** Longer fences have no colours. */
const LONGEST_CHARS = 50_000;

/** What people write behind ``` and kernels do not call their language. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ py: "python", python3: "python", ipython: "python", ipython3: "python", pycon: "python" },
  ...{ jsx: "javascript", node: "javascript", tsx: "typescript", jsonc: "json", console: "shell", yml: "yaml" },
  ...{ jl: "julia", rs: "rust", golang: "go", rb: "ruby", cc: "cpp", cuda: "cpp", cs: "csharp", md: "markdown" },
};

/** Resolves when the language can be read, or is known to be none of ours. */
export async function prepare(info: string): Promise<void> {
  const name = nameOf(info);
  if (name !== "python") await fetchLanguage(name);
}

export function coloured(info: string, text: string): readonly Token[] {
  const tokens = text.length > LONGEST_CHARS ? null : colouredPieces(text, nameOf(info));
  return tokens ?? [{ text, classes: "" }];
}

function nameOf(info: string): string {
  const name = info.toLowerCase();
  return Object.hasOwn(NAMES, name) ? (NAMES[name] ?? name) : name;
}
