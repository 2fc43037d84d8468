import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto'

/** A key that seals secrets, and the name by which what it sealed finds it again. */
export interface SealingKey {
  readonly id: string
  readonly key: Uint8Array
}

/** The keys of a system: the first seals, each opens what it sealed. */
export type SealingKeys = readonly [SealingKey, ...SealingKey[]]

/** Bytes of a sealing key. */
export const SEALING_KEY_BYTES = 32

const ALGORITHM = 'aes-256-gcm'
// NIST SP 800-38D §8.2.2: random nonces of 96 bits are good for 2^32 secrets under one key.
const NONCE_BYTES = 12
const TAG_BYTES = 16
const ID_LENGTH = 16

/** A key with its name, from which nobody can tell the key. */
export function sealingKey(key: Uint8Array): SealingKey {
  return { id: hash('sha256', Buffer.concat([Buffer.from('carillon sealing key '), key])).slice(0, ID_LENGTH), key }
}

/** Seals a secret: nonce, tag, and what AES-256-GCM makes of it. `about` must be the same when it is opened. */
export function seal({ key }: SealingKey, secret: Uint8Array, about: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(about))
  const text = Buffer.concat([cipher.update(secret), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text])
}

/** @throws {Error} when another key sealed it, about something else, or it was changed */
export function unseal({ key }: SealingKey, sealed: Uint8Array, about: string): Uint8Array {
  const [nonce, tag, text] = [
    sealed.subarray(0, NONCE_BYTES),
    sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES),
    sealed.subarray(NONCE_BYTES + TAG_BYTES),
  ]
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(about)).setAuthTag(tag)
  return Buffer.concat([decipher.update(text), decipher.final()])
}
