/** How large an image will be before it has come, so that nothing moves when it does. Pure. */
import type { DisplayOutput } from "../../wire/types";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the kernel says (half of the pixels on a retina figure), else what the server read, or a small PNG says of itself; null: not known. */
export function pictureSize({ data, metadata }: DisplayOutput, type: string): Size | null {
  const said = sizeIn(metadata[type]) ?? sizeIn(metadata);
  if (said !== null) return said;
  const value = data[type];
  if (value?.t === "blob") return sizeIn(value);
  if (type !== "image/png" || value?.t !== "inline" || typeof value.value !== "string") return null;
  return pngSize(value.value);
}

function sizeIn(fields: unknown): Size | null {
  if (typeof fields !== "object" || fields === null) return null;
  const { width, height } = fields as Record<string, unknown>;
  return isLength(width) && isLength(height) ? { width, height } : null;
}

const isLength = (value: unknown): value is number => typeof value === "number" && value > 0 && value < 1e5;

/** From the header of a PNG: its first chunk is the size. */
export function pngSize(base64: string): Size | null {
  const head = base64.replace(/\s/g, "").slice(0, 32);
  if (!head.startsWith("iVBORw0KGgo") || head.length < 32 || !/^[A-Za-z0-9+/]*$/.test(head)) return null;
  const bytes = Uint8Array.from(atob(head), (char) => char.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  return isLength(width) && isLength(height) ? { width, height } : null;
}
