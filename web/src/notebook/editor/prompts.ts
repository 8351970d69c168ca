/** Code that was copied with its prompts from a terminal or from documentation, without them. Pure. */

const PYTHON = /^[ \t]*(?:>>>|\.\.\.)(?: |$)/;
const PYTHON_FIRST = /^[ \t]*>>>(?: |$)/;
const IPYTHON = /^[ \t]*(?:In ?\[\d*\]: ?|\.{3,}: ?)/;
const IPYTHON_FIRST = /^[ \t]*In ?\[\d*\]: ?/;
const IPYTHON_OUT = /^[ \t]*Out ?\[\d*\]: ?/;

/**
 * The code alone. A text whose first line that is not blank has no prompt comes back as it is. Below `>>>` only lines with
 * a prompt are code, the others are what it printed; IPython leaves no way to tell, so only its `Out[1]:` goes.
 */
export function stripPrompts(text: string): string {
  const lines = text.split("\n");
  const first = lines.find((line) => line.trim() !== "") ?? "";
  if (PYTHON_FIRST.test(first)) {
    return lines.flatMap((line) => (PYTHON.test(line) ? [line.replace(PYTHON, "")] : [])).join("\n");
  }
  if (!IPYTHON_FIRST.test(first)) return text;
  return lines.flatMap((line) => (IPYTHON_OUT.test(line) ? [] : [line.replace(IPYTHON, "")])).join("\n");
}
