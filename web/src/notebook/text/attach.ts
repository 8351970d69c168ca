/**
 * Pictures that are put into a text cell: kept with it as nbformat attachments, made smaller first where they are too
 * large for that. Knows the browser's pictures; knows no cell.
 */
import { LIMITS } from "../../wire/types";

export type Attached =
  | {
      readonly t: "ready";
      readonly name: string;
      readonly type: string;
      readonly base64: string;
      readonly bytes: number;
      readonly shrunk: boolean;
    }
  | { readonly t: "too-large" | "no-picture"; readonly name: string };

/** What a text cell shows. */
const TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
/** Longer edges tried one after the other, with the qualities of each: what fits first is taken. */
const EDGES = [2_048, 1_600, 1_200, 900, 640] as const;
const QUALITIES = [0.85, 0.7] as const;

export async function attachmentOf(file: File): Promise<Attached> {
  const name = plainName(file);
  if (!TYPES.has(file.type)) return { t: "no-picture", name };
  if (file.size <= LIMITS.ATTACHMENT_BYTES) return ready(name, file, false);
  // An animation would lose all but its first picture.
  const smaller = file.type === "image/gif" ? null : await shrink(file);
  if (smaller === null) return { t: "too-large", name };
  return ready(name.replace(/\.\w+$/, ".jpg"), smaller, true);
}

/** Without signs that Markdown or an address would take for something else. */
function plainName({ name, type }: File): string {
  const kept = name.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+/, "");
  return kept === "" ? `image.${type.split("/")[1] ?? "png"}` : kept.slice(-80);
}

/** `name` as it is, or with a number when the cell has another file of that name. */
export function freeName(taken: Readonly<Record<string, unknown>>, name: string): string {
  const [, stem = name, ending = ""] = /^(.*?)(\.\w+)?$/.exec(name) ?? [];
  let wanted = name;
  for (let number = 2; Object.hasOwn(taken, wanted); number += 1) wanted = `${stem}-${number}${ending}`;
  return wanted;
}

async function ready(name: string, blob: Blob, shrunk: boolean): Promise<Attached> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return { t: "ready", name, type: blob.type, base64: btoa(text), bytes: bytes.length, shrunk };
}

/** As a JPEG that fits; null when the browser cannot read the picture, or nothing fits. */
async function shrink(file: File): Promise<Blob | null> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null) return null;
  try {
    for (const edge of EDGES) {
      for (const quality of QUALITIES) {
        const blob = await draw(picture, edge, quality);
        if (blob !== null && blob.size <= LIMITS.ATTACHMENT_BYTES) return blob;
      }
    }
    return null;
  } finally {
    picture.close();
  }
}

async function draw(picture: ImageBitmap, edge: number, quality: number): Promise<Blob | null> {
  const scale = Math.min(1, edge / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  if (context === null) return null;
  // JPEG knows no transparency: what shows through is paper, not black.
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/jpeg", quality });
}
