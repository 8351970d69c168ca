/** What a file is by its name: how it is drawn in a list, and how it can be looked at. Pure. */
import type { Item } from "../../net/drive-rest";
import { endingOf } from "../../notebook/model/file-names";

export type Face =
  | "folder"
  | "notebook"
  | "image"
  | "video"
  | "audio"
  | "table"
  | "text"
  | "code"
  | "archive"
  | "pdf"
  | "file"
  | "other";

const FACES: readonly (readonly [Face, string])[] = [
  ["image", "png jpg jpeg gif webp avif bmp svg ico tif tiff heic"],
  ["video", "mp4 webm mov m4v ogv mkv avi"],
  ["audio", "mp3 wav ogg oga flac m4a aac opus"],
  ["table", "csv tsv parquet xlsx xls ods feather arrow"],
  ["text", "txt md rst log tex"],
  ["code", "py js ts tsx jsx json jsonl yaml yml toml ini cfg sh sql r jl c h cpp hpp java go rs html htm css xml"],
  ["archive", "zip tar gz tgz bz2 xz 7z rar zst"],
  ["pdf", "pdf"],
];

const BY_ENDING = new Map(FACES.flatMap(([face, endings]) => endings.split(" ").map((ending) => [ending, face])));

export function faceOf({ kind, name }: Pick<Item, "kind" | "name">): Face {
  return kind === "file" ? (BY_ENDING.get(endingOf(name)) ?? "file") : kind;
}

export type Look = "notebook" | "image" | "video" | "audio" | "table" | "text" | "pdf" | "unknown";

/** What a browser shows; others are told by their size. */
const SHOWN: Readonly<Record<"image" | "video" | "audio" | "table", ReadonlySet<string>>> = {
  image: new Set("png jpg jpeg gif webp avif bmp svg ico".split(" ")),
  video: new Set("mp4 webm mov m4v ogv".split(" ")),
  audio: new Set("mp3 wav ogg oga flac m4a aac opus".split(" ")),
  table: new Set(["csv", "tsv"]),
};
/** A name without an ending, or with one that nobody knows, may be text: its first bytes tell. */
export function lookOf(item: Pick<Item, "kind" | "name">): Look {
  const face = faceOf(item);
  const ending = endingOf(item.name);
  switch (face) {
    case "notebook":
    case "pdf":
      return face;
    case "image":
    case "video":
    case "audio":
    case "table":
      return SHOWN[face].has(ending) ? face : "unknown";
    case "text":
    case "code":
    case "file":
      return "text";
    default:
      return "unknown";
  }
}

/** UTF-8 with nothing in it that no text has; cut within a letter at its end when there is more. */
export function textOf(bytes: Uint8Array, more: boolean): string | null {
  if (bytes.subarray(0, 8192).includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: more });
  } catch {
    return null;
  }
}
