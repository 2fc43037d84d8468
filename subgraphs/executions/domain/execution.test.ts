import { expect, test } from 'vitest'
import { scenario } from '#platform/testing'
import { ATTEMPTS_LOST_MAX } from './decide-execution.ts'
import { execution, hasEnded } from './execution.ts'
import type { ExecutionCommand, LossReason } from './execution-command.ts'
import type { ExecutionEvent } from './execution-event.ts'

const { given } = scenario(execution)
const fields = {
  executionId: 'e1',
  workspaceId: 'w1',
  jobId: 'j1',
  jobVersion: 3,
  jobType: 'ECHO',
  params: '{"n":1}',
  cause: 'schedule',
  scheduledAtMs: 1_000,
}
const queue: ExecutionCommand = {
  type: 'QueueExecution',
  ...fields,
  policy: '{}',
  atMs: 1_010,
}
const queued: ExecutionEvent = { type: 'ExecutionQueued', ...fields, queuedAtMs: 1_010 }
const start: ExecutionCommand = { type: 'StartAttempt', executorId: 'x1', atMs: 1_020 }
const started = (attempt: number): ExecutionEvent => ({
  type: 'AttemptStarted',
  attempt,
  executorId: 'x1',
  startedAtMs: 1_020,
})
const succeed = (attempt: number): ExecutionCommand => ({
  type: 'FinishAttempt',
  attempt,
  outcome: { status: 'SUCCEEDED', result: '{"n":1}' },
  jitter: 0.5,
  atMs: 1_030,
})
const succeeded = (attempt: number): ExecutionEvent => ({
  type: 'ExecutionSucceeded',
  attempt,
  result: '{"n":1}',
  finishedAtMs: 1_030,
})
const fail = (attempt: number): ExecutionCommand => ({
  type: 'FinishAttempt',
  attempt,
  outcome: { status: 'FAILED', error: { code: 'NO', message: 'no' } },
  jitter: 0.5,
  atMs: 1_030,
})
const failed: ExecutionEvent = { type: 'ExecutionFailed', attempt: 1, code: 'NO', message: 'no', finishedAtMs: 1_030 }
const lose = (attempt: number, reason: LossReason = 'EXECUTOR_LOST'): ExecutionCommand => ({
  type: 'LoseAttempt',
  attempt,
  reason,
  heartbeatAtMs: null,
  jitter: 0.5,
  atMs: 1_025,
})
const lost = (attempt: number, reason: LossReason = 'EXECUTOR_LOST'): ExecutionEvent => ({
  type: 'AttemptLost',
  attempt,
  reason,
  lostAtMs: 1_025,
})
const refused: ExecutionEvent = { type: 'LateResultRefused', attempt: 1, refusedAtMs: 1_030 }
const lostTimes = (times: number): ExecutionEvent[] => [
  queued,
  ...Array.from({ length: times }, (_, index) => [started(index + 1), lost(index + 1)]).flat(),
]

test('an execution is queued once', () => {
  given().when(queue).yields(queued)
  given(queued).when(queue).yields()
  given(queued, started(1), succeeded(1)).when(queue).yields()
})

test('one attempt runs at a time, and none after the end', () => {
  given(queued).when(start).yields(started(1))
  given(queued, started(1)).when(start).yields()
  given(queued, started(1), succeeded(1)).when(start).yields()
  given().when(start).yields()
})

test('an execution ends with its attempt, once', () => {
  given(queued, started(1)).when(succeed(1)).yields(succeeded(1))
  given(queued, started(1)).when(fail(1)).yields(failed)
  given(queued, started(1), succeeded(1)).when(succeed(1)).yields()
  given(queued, started(1), failed).when(succeed(1)).yields()
  given(queued).when(succeed(1)).yields()
})

test('a lost attempt is followed by the next one', () => {
  given(queued, started(1)).when(lose(1)).yields(lost(1))
  given(queued, started(1)).when(lose(1, 'EXECUTOR_STOPPED')).yields(lost(1, 'EXECUTOR_STOPPED'))
  given(queued, started(1), lost(1)).when(lose(1)).yields()
  given(queued, started(1), lost(1)).when(start).yields(started(2))
  given(queued, started(1), lost(1), started(2)).when(lose(1)).yields()
})

test('the last attempt that may be lost ends the execution', () => {
  const exhausted = { type: 'ExecutionFailed', code: 'ATTEMPTS_EXHAUSTED', message: '5 attempts were lost' } as const
  given(...lostTimes(ATTEMPTS_LOST_MAX - 1), started(ATTEMPTS_LOST_MAX))
    .when(lose(ATTEMPTS_LOST_MAX))
    .yields(lost(ATTEMPTS_LOST_MAX), { ...exhausted, attempt: ATTEMPTS_LOST_MAX, finishedAtMs: 1_025 })
})

test('an orderly stop of its executor is no attempt that was lost', () => {
  const stopped = Array.from({ length: ATTEMPTS_LOST_MAX }, (_, index) => [
    started(index + 1),
    lost(index + 1, 'EXECUTOR_STOPPED'),
  ]).flat()
  const next = ATTEMPTS_LOST_MAX + 1
  for (const reason of ['EXECUTOR_STOPPED', 'EXECUTOR_LOST'] as const) {
    given(queued, ...stopped, started(next))
      .when(lose(next, reason))
      .yields(lost(next, reason))
  }
  const exhausted = { type: 'ExecutionFailed', code: 'ATTEMPTS_EXHAUSTED', message: '5 attempts were lost' } as const
  const last = ATTEMPTS_LOST_MAX + 2
  const lostOnce = lostTimes(ATTEMPTS_LOST_MAX - 1)
  given(...lostOnce, started(ATTEMPTS_LOST_MAX), lost(ATTEMPTS_LOST_MAX, 'EXECUTOR_STOPPED'), started(next))
    .when(lose(next, 'EXECUTOR_STOPPED'))
    .yields(lost(next, 'EXECUTOR_STOPPED'))
  given(
    ...lostOnce,
    started(ATTEMPTS_LOST_MAX),
    lost(ATTEMPTS_LOST_MAX, 'EXECUTOR_STOPPED'),
    started(next),
    lost(next, 'EXECUTOR_STOPPED'),
    started(last),
  )
    .when(lose(last))
    .yields(lost(last), { ...exhausted, attempt: last, finishedAtMs: 1_025 })
})

test('a late result is refused and recorded once, whatever became of the execution meanwhile', () => {
  given(queued, started(1), lost(1)).when(succeed(1)).yields(refused)
  given(queued, started(1), lost(1), started(2)).when(fail(1)).yields(refused)
  given(queued, started(1), lost(1), started(2), succeeded(2)).when(succeed(1)).yields(refused)
  given(queued, started(1), lost(1), refused).when(succeed(1)).yields()
})

test('the state tells each attempt and what came of it', () => {
  const history = [queued, started(1), lost(1), started(2), refused, succeeded(2)]
  const state = history.reduce(execution.evolve, execution.initial)
  expect(state).toMatchObject({ status: 'SUCCEEDED', version: 6, startedAtMs: 1_020, finishedAtMs: 1_030, error: null })
  expect(state?.attempts).toMatchObject([
    { number: 1, status: 'LOST', finishedAtMs: 1_025, error: { code: 'EXECUTOR_LOST' }, lateResultAtMs: 1_030 },
    { number: 2, status: 'SUCCEEDED', finishedAtMs: 1_030, error: null, lateResultAtMs: null },
  ])
  expect(state && hasEnded(state)).toBe(true)
})

test('an attempt that was lost stays lost when the execution fails for it', () => {
  const past: ExecutionEvent[] = [
    ...lostTimes(ATTEMPTS_LOST_MAX),
    { type: 'ExecutionFailed', attempt: ATTEMPTS_LOST_MAX, code: 'ATTEMPTS_EXHAUSTED', message: '', finishedAtMs: 2 },
  ]
  const state = past.reduce(execution.evolve, execution.initial)
  expect(state?.status).toBe('FAILED')
  expect(new Set(state?.attempts.map(({ status }) => status))).toEqual(new Set(['LOST']))
})
