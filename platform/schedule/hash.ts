/**
 * A number in [0, 1) that depends on nothing but the text, the same on every machine and for ever.
 *
 * 32 bits of FNV-1a over the text's code units, then the finalizer of MurmurHash3, which spreads what FNV leaves together.
 */
export function hashFraction(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
