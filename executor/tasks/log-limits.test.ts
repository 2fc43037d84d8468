import { expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import {
  LOG_BURST_BYTES_MAX,
  LOG_BURST_LINES_MAX,
  LOG_BYTES_PER_SECOND_MAX,
  LOG_LINE_BYTES_MAX,
  LOG_LINES_MAX,
  LOG_LINES_PER_SECOND_MAX,
  limitedLog,
} from './log-limits.ts'

function open() {
  const clock = movedClock(new Date('2026-12-01T09:00:00Z'))
  const lines: string[] = []
  const log = limitedLog((_level, message) => lines.push(message), clock)
  const flood = (count: number, message = 'x'): void => {
    for (let line = 0; line < count; line++) log.write('DEBUG', message)
  }
  return { clock, lines, log, flood }
}

const leftOut = (lines: readonly string[]): number[] =>
  lines.flatMap((line) => {
    const count = /^(\d+) lines were left out: /.exec(line)?.[1]
    return count === undefined ? [] : [Number(count)]
  })

test('a line of 8 KiB is kept, and a longer one is cut where a character ends, visibly', () => {
  const { lines, log } = open()
  log.write('INFO', 'x'.repeat(LOG_LINE_BYTES_MAX))
  log.write('INFO', '🔔'.repeat(LOG_LINE_BYTES_MAX))
  expect(lines[0]).toBe('x'.repeat(LOG_LINE_BYTES_MAX))
  expect(Buffer.byteLength(lines[1]!)).toBeLessThanOrEqual(LOG_LINE_BYTES_MAX)
  expect(Buffer.byteLength(lines[1]!)).toBeGreaterThan(LOG_LINE_BYTES_MAX - 8)
  expect(lines[1]).toMatch(/^(?:🔔)+ … \(cut\)$/u)
})

test('10,000 lines at once are all logged', () => {
  const { lines, log, flood } = open()
  flood(LOG_BURST_LINES_MAX)
  log.end()
  expect(lines).toHaveLength(LOG_BURST_LINES_MAX)
  expect(leftOut(lines)).toEqual([])
})

test('100,000 lines a second become 1,000 and one that says how many are missing, second after second', async () => {
  const { clock, lines, log, flood } = open()
  flood(100_000)
  for (let second = 1; second <= 5; second++) {
    await clock.advance(1_000)
    flood(100_000)
  }
  log.end()
  expect(leftOut(lines)).toEqual([90_000, ...Array(5).fill(99_000)])
  expect(lines).toHaveLength(LOG_BURST_LINES_MAX + 5 * LOG_LINES_PER_SECOND_MAX + 6)
})

test('after a flood nothing is logged until a second is over, so that it is not cut into shreds', async () => {
  const { clock, lines, flood } = open()
  flood(LOG_BURST_LINES_MAX + 1)
  await clock.advance(999)
  flood(10)
  expect(lines).toHaveLength(LOG_BURST_LINES_MAX)
  await clock.advance(1)
  flood(1)
  expect(leftOut(lines)).toEqual([11])
  expect(lines.at(-1)).toBe('x')
})

test('long lines are counted by their bytes', async () => {
  const { clock, lines, flood } = open()
  const message = 'y'.repeat(LOG_LINE_BYTES_MAX)
  flood(1_000, message)
  expect(lines).toHaveLength(LOG_BURST_BYTES_MAX / LOG_LINE_BYTES_MAX)
  await clock.advance(1_000)
  flood(1_000, message)
  const more = LOG_BYTES_PER_SECOND_MAX / LOG_LINE_BYTES_MAX
  expect(lines).toHaveLength(LOG_BURST_BYTES_MAX / LOG_LINE_BYTES_MAX + 1 + more)
})

test('an attempt has an end of its log, which says so at once, and how much is missing when it is over', async () => {
  const { clock, lines, log, flood } = open()
  for (let seconds = 0; !lines.at(-1)?.startsWith('the log ends here'); seconds++) {
    flood(1_000)
    await clock.advance(1_000)
    if (seconds > 200) throw new Error('the log does not end')
  }
  expect(lines.filter((line) => line === 'x')).toHaveLength(LOG_LINES_MAX)
  flood(42)
  log.end()
  log.end()
  expect(lines.at(-1)).toMatch(/^42 lines were left out: an attempt logs at most 100000 lines and 32 MiB$/)
  expect(leftOut(lines)).toEqual([42])
})
