/** The name that ipykernel gives to a cell's code: murmur2 of its UTF-8, as in ipykernel/compiler.py. Pure. */

const SEED = 0xc70f6907;
const M = 0x5bd1e995;

export function compiledHash(source: string): number {
  const bytes = new TextEncoder().encode(source);
  const whole = bytes.length - (bytes.length % 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let hash = SEED ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let k = Math.imul(view.getUint32(at, true), M);
    k = Math.imul(k ^ (k >>> 24), M);
    hash = Math.imul(hash, M) ^ k;
  }
  let rest = 0;
  for (let at = bytes.length - 1; at >= whole; at -= 1) rest = (rest << 8) | (bytes[at] ?? 0);
  if (whole < bytes.length) hash = Math.imul(hash ^ rest, M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return (hash ^ (hash >>> 15)) >>> 0;
}
