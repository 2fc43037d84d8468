import { expect, test } from 'vitest'
import { ARTEFACT_BYTES_MAX, RESULT_BYTES_MAX, withinLimits } from '../limits.ts'
import type { DueExecution, ExecutionHistory } from '../task.ts'
import { reportPeriod } from './period.ts'
import { executionsDue, SLA_JOBS_IN_RESULT_MAX, slaReport } from './sla-report.ts'

const period = reportPeriod({ date: '2026-11-22', timeZone: 'Europe/Berlin' }, new Date('2026-11-23T00:00:00Z'))

function due(jobId: string, minute: number, status: string): DueExecution {
  const dueAtMs = period.from.getTime() + minute * 60_000
  const startedAtMs = status === 'EXPIRED' ? null : dueAtMs + 250
  const id = `${jobId} ${minute}`
  return { id, jobId, jobType: 'HTTP', cause: 'schedule', status, dueAtMs, startedAtMs, finishedAtMs: dueAtMs + 1_000 }
}

const executions = [
  due('a', 0, 'SUCCEEDED'),
  due('a', 1, 'SUCCEEDED'),
  due('b', 0, 'FAILED'),
  due('b', 1, 'EXPIRED'),
  due('b', 2, 'SUCCEEDED'),
]

test('CSV and Markdown show the same figures as the result, the worst job first', () => {
  const { result, artefacts } = slaReport(executions, 60_000, period)
  expect(result).toMatchObject({
    reportType: 'sla',
    from: '2026-11-21T23:00:00.000Z',
    to: '2026-11-22T23:00:00.000Z',
    timeZone: 'Europe/Berlin',
    totals: { due: 5, onTime: 3, failed: 1, missed: 1, availabilityPercent: 60 },
    byJob: [{ jobId: 'b', availabilityPercent: 33.333 }, { jobId: 'a' }],
    jobsOmitted: 0,
    notCounted: expect.stringContaining('never became an execution'),
  })
  const [csv, markdown] = artefacts
  expect(csv?.content.split('\r\n').slice(1)).toEqual([
    'total,all,,5,3,0,1,1,0,0,60,250,250,250,250,750,750,750,750,2,2026-11-21T23:00:00.000Z,2026-11-21T23:01:00.000Z,121000,121000',
    'job,HTTP,b,3,1,0,1,1,0,0,33.333,250,250,250,250,750,750,750,750,2,2026-11-21T23:00:00.000Z,2026-11-21T23:01:00.000Z,121000,121000',
    'job,HTTP,a,2,2,0,0,0,0,0,100,250,250,250,250,750,750,750,750,0,,,,',
    '',
  ])
  expect(markdown?.content).toContain('# Service levels from 2026-11-22 to 2026-11-22\n')
  expect(markdown?.content).toContain('| HTTP | b | 3 | 1 | 0 | 1 | 1 | 0 | 0 | 33.333 |\n')
  expect(markdown?.content).toContain('never became an execution')
})

test('does not depend on the order of the history, and an empty one is a report too', () => {
  expect(slaReport(executions.toReversed(), 0, period)).toEqual(slaReport(executions, 0, period))
  expect(slaReport([], 0, period).result).toMatchObject({ totals: { due: 0, availabilityPercent: null }, byJob: [] })
})

test('10,000 jobs stay within the limits of a result, and what is left out is said', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => {
    const jobId = `019ab000-0000-7000-8000-${String(index).padStart(12, '0')}`
    return { ...due(jobId, 1_000, 'FAILED'), finishedAtMs: 9_999_999_999_999 }
  })
  const report = withinLimits(slaReport(many, 0, period))
  expect(JSON.stringify(report.result).length).toBeLessThan(RESULT_BYTES_MAX)
  expect(report.result).toMatchObject({ jobsOmitted: 10_000 - SLA_JOBS_IN_RESULT_MAX })
  for (const { content } of report.artefacts) {
    expect(content.length).toBeLessThan(ARTEFACT_BYTES_MAX)
    expect(content).toContain('7500 jobs with a better availability are left out')
  }
})

test('the history is read page by page, to its end or to what a report can read', async () => {
  const asked: (string | null)[] = []
  const history: Pick<ExecutionHistory, 'due'> = {
    async due(_workspaceId, _from, _to, after) {
      asked.push(after)
      return { executions: executions.slice(0, 1), next: after === null ? 'two' : null }
    },
  }
  expect(await executionsDue(history, 'w', period)).toHaveLength(2)
  expect(asked).toEqual([null, 'two'])
  const endless = { due: async () => ({ executions: [], next: 'more' }) }
  await expect(executionsDue(endless, 'w', period)).rejects.toMatchObject({
    code: 'REPORT_TOO_LARGE',
    isFinal: true,
  })
})
