/** What an error means and the one thing to do about it, where we know. Pure. */
import type { ErrorOutput } from "../../wire/types";

export type Explanation =
  | { readonly t: "install"; readonly package: string }
  | { readonly t: "undefined"; readonly name: string }
  | { readonly t: "memory"; readonly device: "gpu" | "cpu" };

/** Modules that are not called as the package that brings them. */
const PACKAGES: Readonly<Record<string, string>> = {
  sklearn: "scikit-learn",
  skimage: "scikit-image",
  cv2: "opencv-python",
  PIL: "pillow",
  yaml: "pyyaml",
  bs4: "beautifulsoup4",
  dateutil: "python-dateutil",
  dotenv: "python-dotenv",
  Crypto: "pycryptodome",
  serial: "pyserial",
  fitz: "pymupdf",
  docx: "python-docx",
  pptx: "python-pptx",
  jwt: "pyjwt",
  faiss: "faiss-cpu",
  umap: "umap-learn",
};

export function explain({ ename, evalue }: ErrorOutput): Explanation | null {
  const missing = ename === "ModuleNotFoundError" ? /No module named '([A-Za-z0-9_]+)/.exec(evalue)?.[1] : undefined;
  if (missing !== undefined) {
    const known = Object.hasOwn(PACKAGES, missing) ? PACKAGES[missing] : undefined;
    return { t: "install", package: known ?? missing };
  }
  const name = ename === "NameError" ? /^name '([^']+)' is not defined/.exec(evalue)?.[1] : undefined;
  if (name !== undefined) return { t: "undefined", name };
  if (/OutOfMemoryError$/.test(ename) || /CUDA out of memory/i.test(evalue)) return { t: "memory", device: "gpu" };
  return ename === "MemoryError" || ename.endsWith("_ArrayMemoryError") ? { t: "memory", device: "cpu" } : null;
}

/** Whether running this Python source would give the name a value at its top level, as far as a look can tell. */
export function defines(source: string, name: string): boolean {
  const word = new RegExp(`(?<![\\w.])${name.replace(/\W/g, "\\$&")}(?!\\w)`);
  return source.split("\n").some((line) => word.test(line) && definesIn(line.trim(), name, word));
}

function definesIn(line: string, name: string, word: RegExp): boolean {
  const made = /^(?:async\s+)?(?:def|class)\s+(\w+)/.exec(line)?.[1];
  if (made !== undefined) return made === name;
  if (/^(?:import|from)\s/.test(line)) return true;
  const loop = /^(?:async\s+)?for\s(.*?)\sin\s/.exec(line)?.[1] ?? /^(?:async\s+)?with\s.*\sas\s(.*)/.exec(line)?.[1];
  if (loop !== undefined) return word.test(loop);
  const at = line.search(/(?<![=!<>+\-*/%&|^:@])=(?!=)/);
  if (at <= 0) return false;
  const targets = line.slice(0, at).split(",");
  return targets.some((target) => target.replace(/:.*/, "").replace(/[\s*()[\]]/g, "") === name);
}
