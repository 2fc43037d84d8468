import { expect, test } from 'vitest'
import { checkedIdempotencyKey, checkedNote } from './checked-text.ts'

const rules = { called: 'a note', lengthMax: 10, details: { path: 'note' } }
const refusal = expect.objectContaining({ code: 'BAD_USER_INPUT', details: { path: 'note' } })

test.each(['', 'two\nlines', 'a\tb\r\n', ' 🔔 ', 'x'.repeat(10)])('%j is a note', (text) => {
  expect(checkedNote(text, rules)).toBe(text)
})

test.each(['x'.repeat(11), 'a\u0000b', 'a\u001b[31m', '\u0085', '\ud800', 'a\udc00b'])('%j is none', (text) => {
  expect(() => checkedNote(text, rules)).toThrow(refusal)
})

test.each(['', ' k', 'k\t', 'a\u0000b', '\ud801', 'x'.repeat(101)])('%j is no key, and is called what it is', (key) => {
  expect(() => checkedIdempotencyKey(key, { path: 'note' }, 'a replayId')).toThrow(refusal)
  expect(() => checkedIdempotencyKey(key, {}, 'a replayId')).toThrow(/^a replayId has /)
})
