/** Sizes as people write them. Pure. */

const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;
/** What the server takes at most. */
const MOST = 2 ** 60;

/** Bytes of `20 GB`, `1.5tb` or `500`; null for nothing, NaN for what is no size. */
export function parseSize(text: string): number | null {
  const plain = text.trim();
  if (plain === "") return null;
  const found = /^(\d+(?:[.,]\d+)?)\s*([KMGT]?)i?B?$/i.exec(plain);
  if (found === null) return NaN;
  const unit = UNITS.findIndex((each) => each === `${(found[2] ?? "").toUpperCase()}B`);
  const bytes = Math.round(Number((found[1] ?? "").replace(",", ".")) * 1024 ** unit);
  return bytes <= MOST ? bytes : NaN;
}

/** As it can be written into a field, and read back to the same number. */
export function writeSize(bytes: number | null): string {
  if (bytes === null) return "";
  for (let unit = UNITS.length - 1; unit > 0; unit--) {
    const value = bytes / 1024 ** unit;
    if (value >= 1 && Number.isInteger(value * 1024)) return writeExactly(bytes, value, unit);
  }
  return `${bytes} B`;
}

function writeExactly(bytes: number, value: number, unit: number): string {
  const text = `${Number(value.toFixed(4))} ${UNITS[unit] ?? "B"}`;
  return parseSize(text) === bytes ? text : `${bytes} B`;
}
