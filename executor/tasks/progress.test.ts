import { expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { checkedProgress, type ProgressReport, throttledProgress } from './progress.ts'
import type { Json } from './task.ts'

test('a report is kept within its limits', () => {
  const report = { percent: 12.5, step: 'x'.repeat(300), message: 'y'.repeat(3_000), data: { rows: 3 } }
  expect(checkedProgress(report)).toEqual({ ...report, step: 'x'.repeat(200), message: 'y'.repeat(1_000) })
  expect(checkedProgress({})).toEqual({})
  const data = { rows: 3, call: () => 1 } as unknown as Json
  expect(checkedProgress({ data })).toEqual({ data: { rows: 3 } })
})

const loop: Record<string, unknown> = {}
loop.self = loop

test.each([
  { percent: -1 },
  { percent: 101 },
  { percent: Number.NaN },
  { percent: '5' as unknown as number },
  { step: 5 as unknown as string },
  { data: 'x'.repeat(5_000) },
  { data: loop as Json },
  { data: (() => 1) as unknown as Json },
  { data: JSON.parse(`${'['.repeat(65)}${']'.repeat(65)}`) },
  null as unknown as ProgressReport,
  undefined as unknown as ProgressReport,
  '50%' as unknown as ProgressReport,
  50 as unknown as ProgressReport,
  [] as ProgressReport,
] satisfies ProgressReport[])('a report that is wrong is refused, so that its author hears of it', (report) => {
  expect(() => checkedProgress(report)).toThrow(expect.objectContaining({ code: 'TASK_PROGRESS_INVALID' }))
})

test('the first report goes out at once, then the last one of each 200 ms, and at the end what is left', async () => {
  const clock = movedClock(new Date('2026-12-01T09:00:00Z'))
  const sent: unknown[] = []
  const progress = throttledProgress(clock, ({ percent }) => sent.push(percent))
  for (let percent = 0; percent <= 10; percent++) progress.report({ percent })
  expect(sent).toEqual([0])
  await clock.advance(199)
  expect(sent).toEqual([0])
  await clock.advance(1)
  expect(sent).toEqual([0, 10])
  for (let percent = 11; percent <= 100; percent++) progress.report({ percent })
  progress.end()
  expect(sent).toEqual([0, 10, 100])
  await clock.advance(1_000)
  expect(sent).toEqual([0, 10, 100])
})
