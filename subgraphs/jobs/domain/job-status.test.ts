import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seeded } from '#platform/testing'
import { applyStatus, initialStatus, isDone, type JobStatus, phaseOf } from './job-status.ts'
import type { ExecutionStage, StatusFact } from './status-fact.ts'

const at = (ms: number): Date => new Date(ms)
const jobFact = (jobVersion: number, changes: Partial<Extract<StatusFact, { kind: 'job' }>> = {}): StatusFact => {
  return { kind: 'job', jobVersion, jobState: null, reschedules: false, at: at(jobVersion), ...changes }
}
const created = jobFact(1, { reschedules: true })
const advanced = (changes: Partial<Extract<StatusFact, { kind: 'schedule' }>> = {}): StatusFact => {
  return { kind: 'schedule', appliedVersion: 1, fired: [], nextFireAt: null, exhausted: false, at: at(10), ...changes }
}
const fire = (executionId: string, ms = 5): { executionId: string; scheduledFor: Date } => {
  return { executionId, scheduledFor: at(ms) }
}
const moved = (previousStatus: ExecutionStage, status: ExecutionStage, executionId = 'e', ms = 20): StatusFact => {
  return { kind: 'execution', executionId, previousStatus, status, scheduledFor: at(5), at: at(ms) }
}
const statusOf = (...facts: readonly StatusFact[]): JobStatus => facts.reduce(applyStatus, initialStatus('j', 'w'))

describe('phase', () => {
  const once = advanced({ fired: [fire('e')], exhausted: true })
  test.each([
    ['WAITING', [created]],
    ['WAITING', [created, advanced({ nextFireAt: at(99) })]],
    ['QUEUED', [created, advanced({ fired: [fire('e')], nextFireAt: at(99) })]],
    ['QUEUED', [created, moved('NONE', 'QUEUED')]],
    ['RUNNING', [created, moved('NONE', 'QUEUED'), moved('QUEUED', 'RUNNING')]],
    ['RUNNING', [created, moved('NONE', 'RUNNING'), moved('NONE', 'QUEUED', 'f')]],
    ['WAITING', [created, advanced({ fired: [fire('e')] }), moved('NONE', 'RUNNING'), moved('RUNNING', 'SUCCEEDED')]],
    ['QUEUED', [created, once]],
    ['COMPLETED', [created, once, moved('NONE', 'SUCCEEDED')]],
    ['COMPLETED', [created, moved('NONE', 'FAILED'), once]],
    ['COMPLETED', [created, advanced({ exhausted: true })]],
    [
      'RUNNING',
      [created, once, moved('NONE', 'SUCCEEDED'), jobFact(2, { jobState: 'COMPLETED' }), moved('NONE', 'RUNNING', 'f')],
    ],
    ['PAUSED', [created, moved('NONE', 'RUNNING'), jobFact(2, { jobState: 'PAUSED', reschedules: true })]],
    ['RETRYING', [created, once, moved('NONE', 'RUNNING'), moved('RUNNING', 'RETRYING')]],
    ['HELD', [created, once, moved('NONE', 'RUNNING'), moved('RUNNING', 'HELD')]],
    ['QUEUED', [created, advanced({ fired: [fire('e'), fire('f')] }), moved('NONE', 'RETRYING')]],
    ['RETRYING', [created, moved('NONE', 'RETRYING'), moved('NONE', 'HELD', 'f')]],
    ['COMPLETED', [created, once, moved('NONE', 'HELD'), moved('HELD', 'CANCELLED')]],
    ['COMPLETED', [created, once, moved('NONE', 'QUEUED'), moved('QUEUED', 'EXPIRED')]],
    ['COMPLETED', [created, once, moved('NONE', 'RUNNING'), moved('RUNNING', 'TIMED_OUT')]],
    ['COMPLETED', [created, once, moved('NONE', 'SKIPPED')]],
    [
      'RETRYING',
      [created, advanced({ fired: [fire('e'), fire('f')] }), moved('NONE', 'RETRYING'), moved('NONE', 'WAITING', 'f')],
    ],
    ['QUEUED', [created, once, moved('NONE', 'WAITING')]],
    ['ARCHIVED', [created, once, jobFact(2, { jobState: 'ARCHIVED', reschedules: true })]],
  ] as const)('%s %#', (phase, facts) => {
    expect(phaseOf(statusOf(...facts))).toBe(phase)
  })
})

test('what was decided by an earlier schedule is counted, and says nothing of the next fire', () => {
  const paused = jobFact(2, { jobState: 'PAUSED', reschedules: true })
  const resumed = jobFact(3, { jobState: 'ACTIVE', reschedules: true })
  const late = advanced({ fired: [fire('e')], nextFireAt: at(99), exhausted: true })
  expect(statusOf(created, paused, late)).toMatchObject({ firedCount: 1, nextFireAt: null, exhausted: false })
  expect(statusOf(created, late, paused)).toMatchObject({ firedCount: 1, nextFireAt: null, exhausted: false })
  const next = advanced({ appliedVersion: 3, nextFireAt: at(200) })
  expect(statusOf(created, paused, late, resumed, next)).toMatchObject({ nextFireAt: at(200), exhausted: false })
})

test('every end is counted once: what timed out as failed, what was cancelled, expired or skipped apart', () => {
  const ends = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'EXPIRED', 'SKIPPED'] as const
  const facts = ends.flatMap((end, n) => [
    moved('NONE', 'QUEUED', `e${n}`, 20 + n),
    moved('QUEUED', end, `e${n}`, 30 + n),
  ])
  expect(statusOf(created, ...facts)).toMatchObject({
    queuedCount: 0,
    succeededCount: 1,
    failedCount: 2,
    cancelledCount: 1,
    expiredCount: 1,
    skippedCount: 1,
    lastOutcome: 'SKIPPED',
    // One failed and one timed out since the success; what never ran to its end says nothing.
    failureTimesMs: [31, 32],
  })
})

test('a paused job is not done, whatever its schedule says', () => {
  const over = advanced({ appliedVersion: 2, exhausted: true })
  expect(isDone(statusOf(created, over))).toBe(true)
  expect(isDone(statusOf(created, jobFact(2, { jobState: 'PAUSED', reschedules: true }), over))).toBe(false)
  expect(isDone(statusOf(created, over, jobFact(2, { jobState: 'COMPLETED' })))).toBe(false)
})

interface History {
  readonly changes: readonly {
    readonly jobState: JobStatus['jobState'] | null
    readonly reschedules: boolean
    readonly resumes: boolean
    readonly pauseOnFailures: number | null | undefined
  }[]
  readonly advances: readonly {
    readonly step: number
    readonly firedAtMs: readonly number[]
    readonly nextMs: number | null
    readonly exhausted: boolean
  }[]
  readonly executions: readonly {
    readonly path: readonly ExecutionStage[]
    readonly scheduledMs: number
    readonly startMs: number
  }[]
}

const millisecond = fc.nat(20)
const histories: fc.Arbitrary<History> = fc.record({
  changes: fc.array(
    fc.record({
      jobState: fc.constantFrom('ACTIVE', 'PAUSED', 'COMPLETED', 'ARCHIVED', null),
      reschedules: fc.boolean(),
      resumes: fc.boolean(),
      pauseOnFailures: fc.constantFrom(1, 3, null, undefined),
    }),
    { maxLength: 5 },
  ),
  advances: fc.array(
    fc.record({
      step: fc.nat(2),
      firedAtMs: fc.array(millisecond, { maxLength: 3 }),
      nextMs: fc.option(millisecond),
      exhausted: fc.boolean(),
    }),
    { maxLength: 6 },
  ),
  executions: fc.array(
    fc.record({
      path: fc
        .subarray<ExecutionStage>(['QUEUED', 'RUNNING', 'SUCCEEDED'], { minLength: 1 })
        .chain((path) =>
          fc.boolean().map((fails) => path.map((stage) => (stage === 'SUCCEEDED' && fails ? 'FAILED' : stage))),
        ),
      scheduledMs: millisecond,
      startMs: millisecond,
    }),
    { maxLength: 6 },
  ),
})

/** The facts by their sources, each in its own order. */
function sourcesOf({ changes, advances, executions }: History): StatusFact[][] {
  let appliedVersion = 1
  return [
    [created, ...changes.map((change, index) => jobFact(index + 2, change))],
    advances.map(({ step, firedAtMs, nextMs, exhausted }, index) => {
      appliedVersion = Math.min(appliedVersion + step, changes.length + 1)
      const fired = firedAtMs.map((ms, nth) => fire(`e-${index}-${nth}`, ms))
      return advanced({
        appliedVersion,
        fired,
        nextFireAt: nextMs === null ? null : at(nextMs),
        exhausted,
        at: at(index),
      })
    }),
    ...executions.map(({ path, scheduledMs, startMs }, index) =>
      path.map((status, nth): StatusFact => {
        const previousStatus = path[nth - 1] ?? 'NONE'
        const executionId = `e-${index}`
        return {
          kind: 'execution',
          executionId,
          previousStatus,
          status,
          scheduledFor: at(scheduledMs),
          at: at(startMs + nth),
        }
      }),
    ),
  ]
}

/** All facts in one order in which they may come, another for each seed. */
function interleaved(sources: readonly StatusFact[][], seed: number): StatusFact[] {
  const random = seeded(seed)
  const left = sources.map((source) => [...source])
  const facts: StatusFact[] = []
  for (;;) {
    const open = left.filter((source) => source.length > 0)
    const next = open[Math.floor(random() * open.length)]?.shift()
    if (!next) return facts
    facts.push(next)
  }
}

function orderDoesNotMatter(apply: typeof applyStatus): fc.IProperty<[History, number, number]> {
  return fc.property(histories, fc.integer(), fc.integer(), (history, one, other) => {
    const statusAfter = (seed: number): JobStatus =>
      interleaved(sourcesOf(history), seed).reduce(apply, initialStatus('j', 'w'))
    expect(statusAfter(one)).toEqual(statusAfter(other))
  })
}

test('the order in which sources are heard does not matter', () => {
  fc.assert(orderDoesNotMatter(applyStatus), { numRuns: 2_000 })
})

test.each<[string, typeof applyStatus]>([
  [
    'believes whoever spoke last of the last outcome',
    (status, fact) => {
      const after = applyStatus(status, fact)
      const ended = fact.kind === 'execution' && (fact.status === 'SUCCEEDED' || fact.status === 'FAILED')
      return ended ? { ...after, lastOutcome: fact.status as 'SUCCEEDED', lastEndedAt: fact.at } : after
    },
  ],
  [
    'takes the next fire of an earlier schedule',
    (status, fact) => {
      const after = applyStatus(status, fact)
      return fact.kind === 'schedule' ? { ...after, nextFireAt: fact.nextFireAt, exhausted: fact.exhausted } : after
    },
  ],
  [
    'counts failures in the order in which they are told',
    (status, fact) => {
      const after = applyStatus(status, fact)
      const ended = fact.kind === 'execution' && fact.status === 'SUCCEEDED'
      return ended ? { ...after, failureTimesMs: [] } : after
    },
  ],
  [
    'drops what an execution tells before its fire is known',
    (status, fact) => (fact.kind === 'execution' && status.firedCount === 0 ? status : applyStatus(status, fact)),
  ],
])('a status that %s is found out', (_mutant, apply) => {
  expect(fc.check(orderDoesNotMatter(apply), { numRuns: 2_000 }).failed).toBe(true)
})
