import { createHmac, hash, randomBytes } from 'node:crypto'

/** Makes and names refresh tokens. Only their hashes are ever stored. */
export interface RefreshTokens {
  /** A new token: 256 random bits. */
  first(): string
  /**
   * The one token that follows another: an HMAC of it under a key of this system, so that whoever comes again with the
   * spent one within its grace gets the same successor, though the successor is stored nowhere.
   */
  successorOf(token: string): string
}

const TOKEN_BYTES = 32
const TOKEN = /^[\w-]{43}$/

/** @param key the system's secret for successors, at least 256 bits */
export function makeRefreshTokens(key: Uint8Array): RefreshTokens {
  return {
    first: () => randomBytes(TOKEN_BYTES).toString('base64url'),
    successorOf: (token) => createHmac('sha256', key).update(token).digest('base64url'),
  }
}

/** Whether a text has the form of a refresh token, in its one spelling. */
export function isRefreshToken(text: string): boolean {
  return TOKEN.test(text) && Buffer.from(text, 'base64url').toString('base64url') === text
}

/** What stands for a token in events and rows. A plain hash is enough for 256 random bits. */
export function hashOfToken(token: string): string {
  return hash('sha256', token, 'base64url')
}
