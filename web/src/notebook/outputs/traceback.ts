/** Reads an error output: which of its lines matter first, and what to do about it. Pure. */
import { stripAnsi } from "../../runs/ansi";
import { strings } from "../../words";
import type { ErrorOutput } from "../../wire/types";

export interface Frames {
  readonly earlier: readonly string[];
  readonly last: string | null;
}

/** IPython's traceback is: a rule, a heading, a frame an entry, the message. The title says heading and message already. */
export function splitTraceback({ traceback, ename, evalue }: ErrorOutput): Frames {
  const frames = traceback.filter((entry) => {
    const plain = stripAnsi(entry).trim();
    const heading = /^-+$/.test(plain) || plain.startsWith(`${ename} `) || plain.startsWith("Traceback (most recent");
    const message = plain === ename || plain === `${ename}: ${evalue}`.trim() || plain === `${ename}:`;
    return plain !== "" && !heading && !message;
  });
  return { earlier: frames.slice(0, -1), last: frames.at(-1) ?? null };
}

const PACKAGES: Readonly<Record<string, string>> = {
  sklearn: "scikit-learn",
  cv2: "opencv-python",
  PIL: "pillow",
  yaml: "pyyaml",
  bs4: "beautifulsoup4",
};

export function explainError({ ename, evalue }: ErrorOutput): string | null {
  const missing = ename === "ModuleNotFoundError" ? /No module named '([A-Za-z0-9_]+)/.exec(evalue)?.[1] : undefined;
  return missing === undefined ? null : strings.output.missingPackage(PACKAGES[missing] ?? missing);
}
