import { expect, test } from 'vitest'
import { report } from './report.ts'
import type { ExecutionCount } from './task.ts'
import { taskContext } from './testing/task-context.ts'

test('a second attempt, hours later, makes the same report byte by byte', async () => {
  const first = await report.run({ reportType: 'daily-sales' }, taskContext({ attempt: 1 }))
  const second = await report.run({ reportType: 'daily-sales' }, taskContext({ attempt: 2 }))
  expect(JSON.stringify(second)).toBe(JSON.stringify(first))
  expect(first.result).toMatchObject({
    firstDay: '2026-11-22',
    lastDay: '2026-11-22',
    source: expect.stringContaining('2026-01-18'),
  })
})

test('another day makes another report', async () => {
  const one = await report.run({ reportType: 'daily-sales', date: '2026-11-21' }, taskContext())
  const other = await report.run({ reportType: 'daily-sales', date: '2026-11-22' }, taskContext())
  expect(one.artefacts[0]?.content).not.toBe(other.artefacts[0]?.content)
})

test('execution-summary asks for the own workspace and exactly the days of the period', async () => {
  const asked: unknown[] = []
  const rows: readonly ExecutionCount[] = [
    { jobId: 'a', jobType: 'ECHO', status: 'SUCCEEDED', count: 2, durationMsTotal: 10, durationMsMax: 9 },
  ]
  const context = taskContext({
    history: {
      async summary(...call) {
        asked.push(call)
        return rows
      },
    },
  })
  const { result } = await report.run({ reportType: 'execution-summary', days: 7 }, context)
  expect(asked).toEqual([['workspace-1', new Date('2026-11-16T00:00:00Z'), new Date('2026-11-23T00:00:00Z')]])
  expect(result).toMatchObject({ totals: { executions: 2, durationMsAverage: 5 } })
  expect(context.lines).toEqual([['INFO', 'execution-summary from 2026-11-16 to 2026-11-22']])
})
