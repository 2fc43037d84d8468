import { describe, expect, test } from 'vitest'
import { seeded } from '#platform/testing'
import type { DueExecution } from '../task.ts'
import { type JobSla, type SlaFigures, slaOf } from './sla.ts'
import { spreadOf } from './spread.ts'

const START_MS = Date.parse('2026-11-22T00:00:00Z')
const MINUTE_MS = 60_000

/** An execution that was due `minutes` after the start, started so late and ran for so long. */
function due(minutes: number, status: string, lateMs: number | null = 0, durationMs = 1_000): DueExecution {
  const dueAtMs = START_MS + minutes * MINUTE_MS
  const startedAtMs = lateMs === null ? null : dueAtMs + lateMs
  const isOver = !['QUEUED', 'RUNNING', 'RETRYING', 'HELD', 'WAITING'].includes(status)
  const finishedAtMs = isOver ? (startedAtMs ?? dueAtMs) + durationMs : null
  const id = `job ${String(minutes).padStart(6, '0')}`
  return { id, jobId: 'job', jobType: 'ECHO', cause: 'schedule', status, dueAtMs, startedAtMs, finishedAtMs }
}

test('each nominal time is counted once, and only those that were judged are in the availability', () => {
  const { totals } = slaOf(
    [
      due(0, 'SUCCEEDED', 60_000),
      due(1, 'SUCCEEDED', 60_001),
      due(2, 'FAILED'),
      due(3, 'TIMED_OUT'),
      due(4, 'EXPIRED', null),
      due(5, 'SKIPPED', null),
      due(6, 'CANCELLED', null),
      due(7, 'RUNNING'),
      due(8, 'WAITING', null),
      due(9, 'HELD'),
    ],
    60_000,
  )
  expect(totals).toMatchObject({ due: 10, onTime: 1, late: 1, failed: 2, missed: 2, cancelled: 1, open: 3 })
  expect(totals.availabilityPercent).toBe(33.333)
})

test('100 % means all: one failure among a million is not rounded away', () => {
  const many = Array.from({ length: 9_999 }, (_, minutes) => due(minutes, 'SUCCEEDED'))
  expect(slaOf(many, 0).totals.availabilityPercent).toBe(100)
  expect(slaOf([...many, due(9_999, 'FAILED')], 0).totals.availabilityPercent).toBe(99.99)
  expect(slaOf([due(0, 'CANCELLED')], 0).totals.availabilityPercent).toBeNull()
})

test('the longest failure goes from its first nominal time to the end of the success that followed', () => {
  const { totals } = slaOf(
    [
      due(0, 'FAILED'),
      due(1, 'SUCCEEDED'),
      due(2, 'EXPIRED', null),
      due(3, 'CANCELLED', null),
      due(4, 'FAILED'),
      due(5, 'SUCCEEDED', 500, 1_500),
      due(6, 'FAILED'),
    ],
    60_000,
  )
  expect(totals.longestFailureRun).toEqual({
    jobId: 'job',
    count: 2,
    firstDueAt: '2026-11-22T00:02:00.000Z',
    lastDueAt: '2026-11-22T00:04:00.000Z',
    recoveredAfterMs: 3 * MINUTE_MS + 2_000,
  })
  expect(totals.recoveryMsAverage).toBe((MINUTE_MS + 1_000 + 3 * MINUTE_MS + 2_000) / 2)
})

test('what was triggered, chained, backfilled or retried keeps no nominal time', () => {
  const other = { ...due(0, 'FAILED'), id: 'other', cause: 'trigger:now' }
  const { totals, otherExecutions, byJob } = slaOf([other, other, due(1, 'SUCCEEDED')], 0)
  expect([totals.due, totals.failed, otherExecutions, byJob.length]).toEqual([1, 0, 1, 1])
})

test('an execution that ends between two pages is counted once, as it was first seen', () => {
  const { totals } = slaOf([due(0, 'RUNNING'), due(0, 'SUCCEEDED')], 0)
  expect(totals).toMatchObject({ due: 1, open: 1, onTime: 0 })
})

test('a spread is made of values that occurred, by nearest rank', () => {
  const to = (length: number): number[] => Array.from({ length }, (_, index) => index + 1)
  expect(spreadOf([])).toBeNull()
  expect(spreadOf([7])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 })
  expect(spreadOf(to(20).toReversed())).toEqual({ p50: 10, p95: 19, p99: 20, max: 20 })
  expect(spreadOf(to(1_000))).toEqual({ p50: 500, p95: 950, p99: 990, max: 1_000 })
  expect(spreadOf([10, 9, 100])).toEqual({ p50: 10, p95: 100, p99: 100, max: 100 })
})

// The slow oracle: each figure by its definition, one pass each, on lists that are filtered anew.
describe('an oracle', () => {
  const STATUSES = [
    'SUCCEEDED',
    'SUCCEEDED',
    'SUCCEEDED',
    'FAILED',
    'TIMED_OUT',
    'EXPIRED',
    'SKIPPED',
    'CANCELLED',
    'RUNNING',
  ]
  const NEVER_STARTED = new Set(['EXPIRED', 'SKIPPED'])

  function drawn(seed: number): { executions: DueExecution[]; lateAfterMs: number } {
    const random = seeded(seed)
    const below = (limit: number): number => Math.floor(random() * limit)
    const jobs = 1 + below(4)
    const executions = Array.from({ length: below(120) }, (_, index) => {
      const status = STATUSES[below(STATUSES.length)] ?? 'SUCCEEDED'
      const lateMs = NEVER_STARTED.has(status) || (status === 'CANCELLED' && random() < 0.5) ? null : below(5_000)
      const cause = random() < 0.1 ? `trigger:${index}` : 'schedule'
      return { ...due(index, status, lateMs, below(3_000)), jobId: `job ${below(jobs)}`, cause }
    })
    // In no order.
    for (let left = executions.length; left > 1; left--) {
      const other = below(left)
      const [one, two] = [executions[left - 1] as DueExecution, executions[other] as DueExecution]
      executions[left - 1] = two
      executions[other] = one
    }
    return { executions, lateAfterMs: below(4_000) }
  }

  const lateness = (one: DueExecution): number => (one.startedAtMs as number) - one.dueAtMs
  const isGood = ({ status }: DueExecution): boolean => status === 'SUCCEEDED'
  const isBad = ({ status }: DueExecution): boolean => ['FAILED', 'TIMED_OUT', 'EXPIRED', 'SKIPPED'].includes(status)

  function slowSpread(values: number[]): SlaFigures['latenessMs'] {
    if (values.length === 0) return null
    const smallestCovering = (percent: number): number =>
      Math.min(...values.filter((value) => values.filter((x) => x <= value).length * 100 >= percent * values.length))
    return { p50: smallestCovering(50), p95: smallestCovering(95), p99: smallestCovering(99), max: Math.max(...values) }
  }

  /** Every stretch of judged executions of a job that is bad throughout and cannot be made longer. */
  function slowRuns(executions: DueExecution[], jobId: string) {
    const judged = executions
      .filter((one) => one.jobId === jobId && (isGood(one) || isBad(one)))
      .sort((one, other) => one.dueAtMs - other.dueAtMs)
    const runs: { from: DueExecution[]; next: DueExecution | undefined }[] = []
    for (let from = 0; from < judged.length; from++) {
      for (let to = from + 1; to <= judged.length; to++) {
        const stretch = judged.slice(from, to)
        const [before, next] = [judged[from - 1], judged[to]]
        const isWhole = !(before && isBad(before)) && !(next && isBad(next))
        if (isWhole && stretch.every(isBad)) runs.push({ from: stretch, next })
      }
    }
    return runs
  }

  function slowFigures(executions: DueExecution[], jobIds: string[], lateAfterMs: number): SlaFigures {
    const own = executions.filter(({ jobId }) => jobIds.includes(jobId))
    const count = (matches: (one: DueExecution) => boolean): number => own.filter(matches).length
    const [good, bad] = [count(isGood), count(isBad)]
    const runs = jobIds.flatMap((jobId) => slowRuns(executions, jobId))
    const longest = runs.toSorted(
      (one, other) =>
        other.from.length - one.from.length || (one.from[0]?.dueAtMs ?? 0) - (other.from[0]?.dueAtMs ?? 0),
    )[0]
    const recovered = runs.flatMap(({ from, next }) =>
      next ? [(next.finishedAtMs ?? 0) - (from[0]?.dueAtMs ?? 0)] : [],
    )
    return {
      due: own.length,
      onTime: count((one) => isGood(one) && lateness(one) <= lateAfterMs),
      late: count((one) => isGood(one) && lateness(one) > lateAfterMs),
      missed: count(({ status }) => status === 'EXPIRED' || status === 'SKIPPED'),
      failed: count(({ status }) => status === 'FAILED' || status === 'TIMED_OUT'),
      cancelled: count(({ status }) => status === 'CANCELLED'),
      open: count(({ status }) => status === 'RUNNING'),
      availabilityPercent: good + bad === 0 ? null : Math.floor((100_000 * good) / (good + bad)) / 1_000,
      latenessMs: slowSpread(own.filter(({ startedAtMs }) => startedAtMs !== null).map(lateness)),
      durationMs: slowSpread(
        own
          .filter((one) => one.startedAtMs !== null && (isGood(one) || isBad(one)))
          .map((one) => (one.finishedAtMs as number) - (one.startedAtMs as number)),
      ),
      longestFailureRun: longest
        ? {
            jobId: longest.from[0]?.jobId ?? '',
            count: longest.from.length,
            firstDueAt: new Date(longest.from[0]?.dueAtMs ?? 0).toISOString(),
            lastDueAt: new Date(longest.from.at(-1)?.dueAtMs ?? 0).toISOString(),
            recoveredAfterMs: longest.next ? (longest.next.finishedAtMs ?? 0) - (longest.from[0]?.dueAtMs ?? 0) : null,
          }
        : null,
      recoveryMsAverage:
        recovered.length === 0 ? null : Math.round(recovered.reduce((sum, ms) => sum + ms, 0) / recovered.length),
    }
  }

  test('agrees on 300 drawn histories, in total and for each job', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const { executions, lateAfterMs } = drawn(seed)
      const scheduled = executions.filter(({ cause }) => cause === 'schedule')
      const jobIds = [...new Set(scheduled.map(({ jobId }) => jobId))].sort()
      const { totals, byJob, otherExecutions } = slaOf(executions, lateAfterMs)
      expect(totals, `seed ${seed}`).toEqual(slowFigures(scheduled, jobIds, lateAfterMs))
      expect(byJob.map(({ jobId }) => jobId).sort()).toEqual(jobIds)
      for (const { jobId, jobType: _jobType, ...figures } of byJob satisfies readonly JobSla[]) {
        expect(figures, `seed ${seed} ${jobId}`).toEqual(slowFigures(scheduled, [jobId], lateAfterMs))
      }
      expect(otherExecutions).toBe(executions.length - scheduled.length)
      const { totals: again } = slaOf(executions.toReversed(), lateAfterMs)
      expect(again, `seed ${seed}`).toEqual(totals)
    }
  })
})
