/**
 * Reads an error output: its frames, where each lies, and which matter first. Pure.
 *
 * IPython's traceback is: a rule, a heading, a frame an entry, the message; for each exception of a chain, the first one
 * first. Another kernel's is shown as it is.
 */
import { stripAnsi } from "../../runs/ansi";
import type { ErrorOutput } from "../../wire/types";

export type Where =
  | { readonly t: "cell"; readonly count: number; readonly line: number }
  /** A file that ipykernel named after the code of a cell (murmur.ts). */
  | { readonly t: "compiled"; readonly hash: number; readonly line: number }
  | { readonly t: "file"; readonly path: string; readonly line: number };

export interface Frame {
  /** Where it lies, in words. */
  readonly heading: string;
  readonly where: Where | null;
  /** What it belongs to when it is not the person's own: a package, or Python itself. */
  readonly library: string | null;
  /** Its source lines, with ANSI. */
  readonly source: string;
}

/** Frames of one library, or of the person, or what links one exception to the next. */
export type Group =
  | { readonly t: "frames"; readonly library: string | null; readonly frames: readonly Frame[] }
  | { readonly t: "note"; readonly text: string };

export interface Traceback {
  /** The last frame; and before it the last one of the person's own, when the last is in a library. */
  readonly first: readonly Frame[];
  /** All others, in order. */
  readonly folded: readonly Group[];
  readonly foldedFrames: number;
}

const CELL = /^\s*(?:Cell |Input )?In ?\[(\d+)\](?:, line (\d+)|, in <cell line: (\d+)>\(\))?/;
const FILE = /^\s*File "?(.+?)"?(?::(\d+)|, line (\d+))/;
const COMPILED = /ipykernel_\d+\/(\d+)\.py$/;
const HEADING = /^\S+ +Traceback \(most recent call last\):?$/;

export function whereOf(heading: string): Where | null {
  const cell = CELL.exec(heading);
  if (cell !== null) return { t: "cell", count: Number(cell[1]), line: Number(cell[2] ?? cell[3] ?? 1) };
  const file = FILE.exec(heading);
  if (file?.[1] === undefined) return null;
  const line = Number(file[2] ?? file[3]);
  const hash = COMPILED.exec(file[1])?.[1];
  return hash === undefined ? { t: "file", path: file[1], line } : { t: "compiled", hash: Number(hash), line };
}

function libraryOf(where: Where | null): string | null {
  if (where?.t !== "file") return null;
  const { path } = where;
  const installed = /(?:site|dist)-packages\/([^/.]+)/.exec(path)?.[1];
  if (installed !== undefined) return installed;
  if (/\/lib\/python3[\d.]*\/|^<frozen /.test(path)) return "Python";
  return /^[~/.<]|^[A-Za-z]:\\/.test(path) ? null : (path.split("/")[0] ?? null);
}

function frameOf(entry: string): Frame | null {
  const lines = entry.replace(/\n+$/, "").split("\n");
  const heading = stripAnsi(lines[0] ?? "").trim();
  const where = whereOf(heading);
  if (where === null) return null;
  return { heading, where, library: libraryOf(where), source: lines.slice(1).join("\n") };
}

type Part = Frame | string;

export function readTraceback(error: ErrorOutput): Traceback {
  const parts = error.traceback.flatMap((entry) => partsOf(entry, error));
  while (typeof parts.at(-1) === "string" && isMessage(parts.at(-1) as string, error)) parts.pop();
  const frames = parts.filter((part) => typeof part !== "string");
  const last = frames.at(-1);
  const own = last?.library == null ? undefined : frames.findLast(({ library }) => library === null);
  const first = [own, last].filter((frame) => frame !== undefined);
  const rest = parts.filter((part) => typeof part === "string" || !first.includes(part));
  return { first, folded: grouped(rest), foldedFrames: frames.length - first.length };
}

function partsOf(entry: string, error: ErrorOutput): readonly Part[] {
  const plain = stripAnsi(entry).trim();
  if (plain === "" || /^-+$/.test(plain) || HEADING.test(plain)) return [];
  const syntax = withoutMessage(entry, error);
  return [frameOf(syntax) ?? entry];
}

/** A syntax error comes in one piece: where, the line with its caret, the message. */
function withoutMessage(entry: string, { ename }: ErrorOutput): string {
  const lines = entry.replace(/\n+$/, "").split("\n");
  return lines.length > 1 && stripAnsi(lines.at(-1) ?? "").startsWith(`${ename}: `)
    ? lines.slice(0, -1).join("\n")
    : entry;
}

function isMessage(entry: string, { ename, evalue }: ErrorOutput): boolean {
  const plain = stripAnsi(entry).trim();
  return plain === ename || plain === `${ename}: ${evalue}`.trim() || plain === `${ename}:`;
}

function grouped(parts: readonly Part[]): readonly Group[] {
  const groups: Group[] = [];
  for (const part of parts) {
    const last = groups.at(-1);
    if (typeof part === "string") groups.push({ t: "note", text: stripAnsi(part).trim() });
    else if (last?.t === "frames" && last.library === part.library)
      groups[groups.length - 1] = { ...last, frames: [...last.frames, part] };
    else groups.push({ t: "frames", library: part.library, frames: [part] });
  }
  return groups;
}
