import { expect, test } from 'vitest'
import { report } from './report.ts'
import type { DuePage, ExecutionCount, ExecutionHistory } from './task.ts'
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

const nothing: ExecutionHistory = { summary: async () => [], due: async () => ({ executions: [], next: null }) }

test('execution-summary asks for the own workspace and exactly the days of the period', async () => {
  const asked: unknown[] = []
  const rows: readonly ExecutionCount[] = [
    { jobId: 'a', jobType: 'ECHO', status: 'SUCCEEDED', count: 2, durationMsTotal: 10, durationMsMax: 9 },
  ]
  const context = taskContext({
    history: {
      ...nothing,
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

test('sla asks for the own workspace and exactly the days of the period, in its zone', async () => {
  const asked: unknown[] = []
  const page: DuePage = {
    executions: [
      {
        ...{ id: 'e', jobId: 'a', jobType: 'ECHO', cause: 'schedule', status: 'SUCCEEDED' },
        ...{ dueAtMs: 0, startedAtMs: 61_000, finishedAtMs: 61_005 },
      },
    ],
    next: null,
  }
  const due: ExecutionHistory['due'] = async (...call) => {
    asked.push(call)
    return page
  }
  const context = taskContext({ history: { ...nothing, due } })
  const { result } = await report.run({ reportType: 'sla', period: 'last-month', timeZone: 'Europe/Berlin' }, context)
  expect(asked).toEqual([['workspace-1', new Date('2026-09-30T22:00:00Z'), new Date('2026-10-31T23:00:00Z'), null]])
  expect(result).toMatchObject({ lateAfterMs: 60_000, totals: { due: 1, late: 1, latenessMs: { max: 61_000 } } })
})

test('daily-sales is of whole days only', async () => {
  const asked = { reportType: 'daily-sales', from: '2026-11-21T09:00Z', to: '2026-11-22' } as const
  await expect(report.run(asked, taskContext())).rejects.toMatchObject({ code: 'REPORT_PERIOD_INVALID', isFinal: true })
  const days = await report.run({ ...asked, from: '2026-11-21' }, taskContext())
  expect(days.result).toMatchObject({ firstDay: '2026-11-21', lastDay: '2026-11-22' })
})
