import { expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { limitedLog } from './log-limits.ts'
import { soundLevel, soundMessage } from './log-line.ts'

test.each([
  ['DEBUG', 'DEBUG'],
  ['info', 'INFO'],
  ['Warn', 'WARN'],
  ['error', 'ERROR'],
  ['FATAL', 'INFO'],
  ['', 'INFO'],
  [undefined, 'INFO'],
  [4, 'INFO'],
])('the level %j is %s', (level, expected) => {
  expect(soundLevel(level)).toBe(expected)
})

test.each([
  ['as it is', 'as it is'],
  [12.5, '12.5'],
  [undefined, 'undefined'],
  [Symbol('s'), 'Symbol(s)'],
  [new Error('no tea'), 'Error: no tea'],
  [Object.create(null), '(something that cannot be written)'],
])('the message %o is written as %s', (message, expected) => {
  expect(soundMessage(message)).toBe(expected)
})

test('a line whose level or message is none is logged all the same', () => {
  const lines: unknown[] = []
  const log = limitedLog((...line) => lines.push(line), movedClock(new Date('2026-12-01T09:00:00Z')))
  const write = log.write as (level?: unknown, message?: unknown) => void
  write('info', 'b')
  write('FATAL', { a: 1 })
  write()
  expect(lines).toEqual([
    ['INFO', 'b'],
    ['INFO', '[object Object]'],
    ['INFO', 'undefined'],
  ])
})
