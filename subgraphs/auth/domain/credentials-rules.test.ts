import { expect, test } from 'vitest'
import { checkPassword, isOfAcceptedLength, passwordCharactersMin } from './password-policy.ts'
import { parseUsername, readUsername } from './username.ts'

test.each(['abc', 'Shreyash', 'a.b-c_9', 'x'.repeat(64)])(
  '%s is a username, its case folded for comparison',
  (name) => {
    expect(parseUsername(name)).toEqual({ name, key: name.toLowerCase() })
  },
)

test.each(['', 'ab', 'x'.repeat(65), 'a b', 'a@b.c', 'shrеyash', 'name\n', 'ſhreyash'])('%j is no username', (name) => {
  expect(readUsername(name)).toBeUndefined()
  expect(() => parseUsername(name)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
})

test('a password has 5 characters in development, 12 in production, 256 at most', () => {
  expect(passwordCharactersMin('development')).toBe(5)
  expect(passwordCharactersMin('production')).toBe(12)
  const weak = expect.objectContaining({ code: 'WEAK_PASSWORD' })
  expect(() => checkPassword('12345', 5)).not.toThrow()
  expect(() => checkPassword('1234', 5)).toThrow(weak)
  expect(() => checkPassword('12345678901', 12)).toThrow(weak)
  expect(() => checkPassword('123456789012', 12)).not.toThrow()
  expect(() => checkPassword('x'.repeat(256), 12)).not.toThrow()
  expect(() => checkPassword('x'.repeat(257), 12)).toThrow(weak)
})

test('characters are counted as people do', () => {
  expect(() => checkPassword('🔑🔑', 5)).toThrow()
  expect(isOfAcceptedLength('🔑'.repeat(256))).toBe(true)
  expect(isOfAcceptedLength('🔑'.repeat(257))).toBe(false)
  expect(isOfAcceptedLength('x'.repeat(1_000_000))).toBe(false)
})

test('the refusal of a password does not hold it', () => {
  try {
    checkPassword('hunt', 5)
    expect.unreachable()
  } catch (error) {
    expect(JSON.stringify(error) + String(error)).not.toContain('hunt')
  }
})
