import { expect, test } from 'vitest'
import { RESULT_BYTES_MAX, withinLimits } from '../limits.ts'
import type { ExecutionCount } from '../task.ts'
import { summarise } from './execution-summary.ts'
import { executionSummaryReport, JOBS_IN_ARTEFACT_MAX } from './execution-summary-report.ts'
import { reportPeriod } from './period.ts'

const period = reportPeriod({ date: '2026-11-22', days: 2 }, new Date('2026-11-23T00:00:00Z'))
const counts: readonly ExecutionCount[] = [
  { jobId: 'b', jobType: 'HTTP', status: 'SUCCEEDED', count: 2, durationMsTotal: 300, durationMsMax: 200 },
  { jobId: 'a', jobType: 'ECHO', status: 'SUCCEEDED', count: 6, durationMsTotal: 60, durationMsMax: 20 },
  { jobId: 'b', jobType: 'HTTP', status: 'FAILED', count: 1, durationMsTotal: 30_000, durationMsMax: 30_000 },
  { jobId: 'c', jobType: 'HTTP', status: 'CANCELLED', count: 1, durationMsTotal: 0, durationMsMax: 0 },
]

test('adds up by job and by job type, the busiest first', () => {
  const { totals, byStatus, byJobType, byJob } = summarise(counts)
  expect(totals).toEqual({
    executions: 10,
    succeeded: 8,
    failed: 1,
    otherwise: 1,
    successRatePercent: 88.9,
    durationMsAverage: 3036,
    durationMsMax: 30_000,
  })
  expect(byStatus).toEqual({ CANCELLED: 1, FAILED: 1, SUCCEEDED: 8 })
  expect(
    byJobType.map(({ jobType, executions, successRatePercent }) => [jobType, executions, successRatePercent]),
  ).toEqual([
    ['ECHO', 6, 100],
    ['HTTP', 4, 66.7],
  ])
  expect(byJob.map(({ jobId, executions, durationMsMax }) => [jobId, executions, durationMsMax])).toEqual([
    ['a', 6, 20],
    ['b', 3, 30_000],
    ['c', 1, 0],
  ])
})

test('does not depend on the order of the history', () => {
  expect(executionSummaryReport(counts.toReversed(), period)).toEqual(executionSummaryReport(counts, period))
})

test('an empty history is a report too', () => {
  const { result, artefacts } = executionSummaryReport([], period)
  expect(result).toMatchObject({
    totals: { executions: 0, successRatePercent: null, durationMsAverage: null },
    byJob: [],
  })
  expect(artefacts[1]?.content).toContain('*None.*')
})

test('CSV and Markdown show the same figures', () => {
  const [csv, markdown] = executionSummaryReport(counts, period).artefacts
  expect(csv?.content).toBe(
    [
      'section,job type,job id,executions,succeeded,failed,otherwise,success %,average ms,longest ms',
      'total,all,,10,8,1,1,88.9,3036,30000',
      'job type,ECHO,,6,6,0,0,100,10,20',
      'job type,HTTP,,4,2,1,1,66.7,7575,30000',
      'job,ECHO,a,6,6,0,0,100,10,20',
      'job,HTTP,b,3,2,1,0,66.7,10100,30000',
      'job,HTTP,c,1,0,0,1,,0,0',
      '',
    ].join('\r\n'),
  )
  expect(markdown?.content).toContain('# Executions from 2026-11-21 to 2026-11-22\n')
  expect(markdown?.content).toContain('| HTTP | b | 3 | 2 | 1 | 0 | 66.7 | 10100 | 30000 |\n')
})

test('10,000 jobs stay within the limits of a result, and what is left out is said', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => ({
    ...counts[0]!,
    jobId: `019ab000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    count: 10 ** 9 - index,
    durationMsTotal: 10 ** 12,
    durationMsMax: 10 ** 9,
  }))
  const report = withinLimits(executionSummaryReport(many, period))
  expect(JSON.stringify(report.result).length).toBeLessThan(RESULT_BYTES_MAX)
  expect(report.result).toMatchObject({ jobsOmitted: 9900 })
  expect(report.artefacts[1]?.content).toContain(
    `${10_000 - JOBS_IN_ARTEFACT_MAX} jobs with fewer executions are left out.`,
  )
})
