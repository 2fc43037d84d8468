import { expect, test } from 'vitest'
import { hashOfToken, isRefreshToken, makeRefreshTokens } from './refresh-tokens.ts'

const tokens = makeRefreshTokens(Buffer.alloc(32, 1))

test('a token has 256 bits, and so has the one that follows it', () => {
  const first = tokens.first()
  const next = tokens.successorOf(first)
  for (const token of [first, next]) {
    expect(isRefreshToken(token)).toBe(true)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  }
  expect(new Set([first, next, tokens.first(), hashOfToken(first)]).size).toBe(4)
})

test('only who has the key can tell which token follows', () => {
  const first = tokens.first()
  expect(tokens.successorOf(first)).toBe(tokens.successorOf(first))
  expect(makeRefreshTokens(Buffer.alloc(32, 2)).successorOf(first)).not.toBe(tokens.successorOf(first))
})

test.each(['', 'x', `${'A'.repeat(43)}=`, 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}B`, ` ${'A'.repeat(42)}`])(
  '%j is no refresh token',
  (text) => expect(isRefreshToken(text)).toBe(false),
)
