import { expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { batchedLog } from './batched-log.ts'

test('the first line goes out at once, the rest of the turn together, in order', async () => {
  const clock = movedClock(new Date('2026-11-23T00:00:00Z'))
  const batches: string[][] = []
  const log = batchedLog(clock, (lines) => batches.push(lines.map(({ message }) => message)))
  for (let line = 1; line <= 5; line++) log.write('INFO', `${line}`)
  expect(batches).toEqual([['1']])
  await clock.settle()
  expect(batches).toEqual([['1'], ['2', '3', '4', '5']])
})

test('a task that never yields is heard of every 100 lines, and flush sends what is left', () => {
  const clock = movedClock(new Date('2026-11-23T00:00:00Z'))
  const batches: number[] = []
  const log = batchedLog(clock, (lines) => batches.push(lines.length))
  for (let line = 0; line < 250; line++) log.write('INFO', 'x')
  log.flush()
  log.flush()
  expect(batches).toEqual([1, 100, 100, 49])
})

test('after a pause a line goes out at once', async () => {
  const clock = movedClock(new Date('2026-11-23T00:00:00Z'))
  const batches: number[] = []
  const log = batchedLog(clock, (lines) => batches.push(lines.length))
  log.write('INFO', 'before')
  await clock.advance(51)
  log.write('INFO', 'after')
  expect(batches).toEqual([1, 1])
})
