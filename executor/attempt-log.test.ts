import { expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { CHUNK_LINES_MAX, openAttemptLog, WAITING_CHARACTERS_MAX } from './attempt-log.ts'

const clock = movedClock(new Date('2026-12-01T09:00:00Z'))

test('lines are numbered on, in chunks that never change once they were shown', () => {
  const log = openAttemptLog(clock, 7)
  log.add('INFO', 'eight')
  const [shown] = log.unwritten()
  expect(shown).toMatchObject({ firstSeq: 8, lines: [{ message: 'eight' }] })
  log.add('INFO', 'nine')
  expect(log.unwritten()).toMatchObject([{ firstSeq: 8 }, { firstSeq: 9, lines: [{ message: 'nine' }] }])
  expect(log.unwritten()[0]).toBe(shown)
  log.written([shown!])
  expect(log.unwritten()).toMatchObject([{ firstSeq: 9 }])
})

test('a flood is cut into small chunks without a gap, and handed out a part at a time from its beginning', () => {
  const log = openAttemptLog(clock, 0)
  for (let line = 0; line < 2_000; line++) log.add('INFO', 'x'.repeat(100))
  const all = log.unwritten()
  expect(all.map(({ firstSeq }) => firstSeq)).toEqual([1, 501, 1_001, 1_501])
  expect(Math.max(...all.map(({ lines }) => lines.length))).toBe(CHUNK_LINES_MAX)
  expect(log.unwritten(100_000)).toEqual(all.slice(0, 2))
  expect(log.unwritten(1)).toEqual(all.slice(0, 1))
})

test('while nothing can be written, what goes beyond the limit is left out, and the log says how much', () => {
  const log = openAttemptLog(clock, 0)
  const message = 'x'.repeat(1_024 * 1_024)
  const kept = WAITING_CHARACTERS_MAX / message.length
  for (let line = 0; line < kept + 5; line++) log.add('INFO', message)
  const waiting = log.unwritten()
  expect(waiting.flatMap(({ lines }) => lines)).toHaveLength(kept + 1)
  expect(waiting.at(-1)?.lines.at(-1)).toMatchObject({
    level: 'WARN',
    message: '5 lines were left out: the log could not be written as fast as the task logged',
  })
  log.written(waiting)
  log.add('INFO', 'again')
  expect(log.unwritten()).toMatchObject([{ firstSeq: kept + 2, lines: [{ message: 'again' }] }])
})
