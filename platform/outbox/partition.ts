const SEED = 0x9747b28c
const MULTIPLIER = 0x5bd1e995
const ROTATION = 24

/**
 * The partition of a key: murmur2 of its UTF-8 bytes without the sign, modulo the partitions: what Kafka's Java client
 * does (`Utils.murmur2`, `BuiltInPartitioner.partitionForKey`), so that any client finds a key where we put it.
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions
}

/** Austin Appleby's MurmurHash2 with Kafka's seed, as a signed 32-bit number. */
export function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const wordsEnd = bytes.length & ~3
  let hash = SEED ^ bytes.length
  for (let at = 0; at < wordsEnd; at += 4) {
    let word = Math.imul(view.getInt32(at, true), MULTIPLIER)
    word = Math.imul(word ^ (word >>> ROTATION), MULTIPLIER)
    hash = Math.imul(hash, MULTIPLIER) ^ word
  }
  const rest = bytes.length - wordsEnd
  for (let index = rest - 1; index >= 0; index--) hash ^= (bytes[wordsEnd + index] ?? 0) << (8 * index)
  if (rest > 0) hash = Math.imul(hash, MULTIPLIER)
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER)
  return hash ^ (hash >>> 15)
}
