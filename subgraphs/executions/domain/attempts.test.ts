import { describe, expect, test } from 'vitest'
import type { ExecutionPolicy } from '#platform/policy'
import { scenario } from '#platform/testing'
import { type Execution, execution } from './execution.ts'
import type { AttemptOutcome, ExecutionCommand } from './execution-command.ts'
import type { ExecutionEvent } from './execution-event.ts'
import { nextTimer } from './timers.ts'

const { given } = scenario(execution)
const T = 1_000_000
const BY = { kind: 'USER', userId: 'alice' } as const

const queued = (policy: Partial<ExecutionPolicy> = {}): ExecutionEvent => ({
  type: 'ExecutionQueued',
  executionId: 'e1',
  workspaceId: 'w1',
  jobId: 'j1',
  jobVersion: 1,
  jobType: 'ECHO',
  params: '{}',
  cause: 'schedule',
  scheduledAtMs: T,
  queuedAtMs: T,
  policy: JSON.stringify(policy),
})
const started = (attempt = 1, startedAtMs = T): ExecutionEvent => ({
  type: 'AttemptStarted',
  attempt,
  executorId: 'x1',
  startedAtMs,
})
const finish = (outcome: AttemptOutcome, atMs = T + 10, attempt = 1): ExecutionCommand => ({
  type: 'FinishAttempt',
  attempt,
  outcome,
  jitter: 0.5,
  atMs,
})
const failure = (code = 'NO', retryAfterMs: number | null = null): AttemptOutcome => ({
  status: 'FAILED',
  error: { code, message: 'no' },
  retryAfterMs,
})
const failedOnce = (retryAtMs: number, attempt = 1): ExecutionEvent => ({
  type: 'AttemptFailed',
  attempt,
  code: 'NO',
  message: 'no',
  failedAtMs: T + 10,
  retryAtMs,
})
const failed = (attempt = 1, code = 'NO', finishedAtMs = T + 10): ExecutionEvent => ({
  type: 'ExecutionFailed',
  attempt,
  code,
  message: 'no',
  finishedAtMs,
})
const fire = (atMs: number, heartbeatAtMs: number | null = null): ExecutionCommand => ({
  type: 'FireTimer',
  heartbeatAtMs,
  jitter: 0.5,
  atMs,
})
const cancel = (atMs = T + 5): ExecutionCommand => ({
  type: 'RequestCancel',
  by: BY,
  reason: 'enough',
  atMs,
})
const asked = (): ExecutionEvent => ({
  type: 'CancelRequested',
  by: BY,
  reason: 'enough',
  requestedAtMs: T + 5,
})
const cancelled = (cancelledAtMs: number): ExecutionEvent => ({ type: 'ExecutionCancelled', cancelledAtMs })
const lose = (atMs = T + 20): ExecutionCommand => ({
  ...{ type: 'LoseAttempt', attempt: 1, reason: 'EXECUTOR_LOST' },
  ...{ heartbeatAtMs: null, jitter: 0.5, atMs },
})
const lost: ExecutionEvent = { type: 'AttemptLost', attempt: 1, reason: 'EXECUTOR_LOST', lostAtMs: T + 20 }

const stateAfter = (...events: readonly ExecutionEvent[]): Execution => {
  const state = events.reduce<Execution | null>((reached, event) => execution.evolve(reached, event), null)
  if (!state) throw new Error('nothing happened')
  return state
}

describe('a failed attempt', () => {
  test('is the last by default', () => {
    given(queued(), started()).when(finish(failure())).yields(failed())
  })

  test('is followed by another after its back-off, until there were enough', () => {
    const policy = { attemptsMax: 2, backoffMs: 1_000 }
    given(queued(policy), started())
      .when(finish(failure()))
      .yields(failedOnce(T + 510))
    given(queued(policy), started(), failedOnce(T + 510), { type: 'RetryDue', dueAtMs: T + 510 }, started(2, T + 520))
      .when(finish(failure(), T + 600, 2))
      .yields(failed(2, 'NO', T + 600))
  })

  test('is followed by none when its code says so, or when the next could not be in time', () => {
    given(queued({ attemptsMax: 9, nonRetryable: ['NO'] }), started())
      .when(finish(failure()))
      .yields(failed())
    given(queued({ attemptsMax: 9, scheduleToCloseMs: 500 }), started())
      .when(finish(failure()))
      .yields(failed())
  })

  test('waits as long as its task asked for', () => {
    given(queued({ attemptsMax: 2 }), started())
      .when(finish(failure('NO', 7_000)))
      .yields(failedOnce(T + 7_010))
  })

  test('waits in back-off: nobody starts it, until its time has come', () => {
    const before = [queued({ attemptsMax: 2 }), started(), failedOnce(T + 510)] as const
    given(...before)
      .when({ type: 'StartAttempt', executorId: 'x2', atMs: T + 100 })
      .yields()
    given(...before)
      .when(fire(T + 509))
      .yields()
    given(...before)
      .when(fire(T + 510))
      .yields({ type: 'RetryDue', dueAtMs: T + 510 })
    expect(nextTimer(stateAfter(...before), null)).toEqual({ kind: 'RETRY', atMs: T + 510 })
  })
})

describe('a time-out', () => {
  const timedOut = (
    timeOut: 'START_TO_CLOSE' | 'HEARTBEAT' | 'SCHEDULE_TO_CLOSE',
    timedOutAtMs: number,
    retryAtMs: number | null = null,
  ): ExecutionEvent => ({ type: 'AttemptTimedOut', attempt: 1, timeOut, timedOutAtMs, retryAtMs })

  test('schedule-to-start ends what waits, and nothing that has started', () => {
    const policy = { scheduleToStartMs: 100 }
    given(queued(policy))
      .when(fire(T + 99))
      .yields()
    given(queued(policy))
      .when(fire(T + 100))
      .yields({ type: 'ExecutionExpired', expiredAtMs: T + 100 })
    given(queued(policy), started())
      .when(fire(T + 100))
      .yields()
  })

  test('start-to-close ends an attempt, which may be followed by another', () => {
    given(queued({ startToCloseMs: 100 }), started(1, T + 50))
      .when(fire(T + 150))
      .yields(timedOut('START_TO_CLOSE', T + 150), {
        type: 'ExecutionTimedOut',
        timeOut: 'START_TO_CLOSE',
        finishedAtMs: T + 150,
      })
    given(queued({ startToCloseMs: 100, attemptsMax: 2, backoffMs: 1_000 }), started())
      .when(fire(T + 100))
      .yields(timedOut('START_TO_CLOSE', T + 100, T + 600))
  })

  test('heartbeat ends an attempt that was silent, and not one that was heard of', () => {
    const policy = { heartbeatMs: 100, attemptsMax: 2, backoffMs: 1_000 }
    given(queued(policy), started())
      .when(fire(T + 150, T + 60))
      .yields()
    given(queued(policy), started())
      .when(fire(T + 160, T + 60))
      .yields(timedOut('HEARTBEAT', T + 160, T + 660))
    expect(nextTimer(stateAfter(queued(policy), started()), T + 60)).toEqual({ kind: 'HEARTBEAT', atMs: T + 160 })
  })

  test('schedule-to-close ends all of it, wherever it is', () => {
    const policy = { scheduleToCloseMs: 1_000, attemptsMax: 9 }
    const over: ExecutionEvent = { type: 'ExecutionTimedOut', timeOut: 'SCHEDULE_TO_CLOSE', finishedAtMs: T + 1_000 }
    given(queued(policy))
      .when(fire(T + 1_000))
      .yields(over)
    given(queued(policy), started())
      .when(fire(T + 1_000))
      .yields(timedOut('SCHEDULE_TO_CLOSE', T + 1_000), over)
    given(queued(policy), started(), failedOnce(T + 2_000))
      .when(fire(T + 1_000))
      .yields(over)
  })

  test('refuses the result that comes after it, and records that', () => {
    given(queued({ startToCloseMs: 100 }), started(), timedOut('START_TO_CLOSE', T + 100, T + 600))
      .when(finish({ status: 'SUCCEEDED', result: '1' }, T + 120))
      .yields({ type: 'LateResultRefused', attempt: 1, refusedAtMs: T + 120 })
  })
})

describe('a cancellation', () => {
  test.each<[string, ExecutionEvent[]]>([
    ['waits for an executor', [queued()]],
    ['is in back-off', [queued({ attemptsMax: 2 }), started(), failedOnce(T + 510)]],
    ['is held', [queued({ onUnknown: 'HOLD' }), started(), lost, { type: 'ExecutionHeld', heldAtMs: T + 20 }]],
  ])('ends at once what %s', (_where, events) => {
    given(...events)
      .when(cancel())
      .yields(asked(), cancelled(T + 5))
  })

  test('asks a running task, once', () => {
    given(queued(), started()).when(cancel()).yields(asked())
    given(queued(), started(), asked()).when(cancel()).yields()
  })

  test('ends with its task, however that ended; a success that came first stands', () => {
    given(queued(), started(), asked())
      .when(finish(failure()))
      .yields(cancelled(T + 10))
    given(queued(), started(), asked())
      .when(finish({ status: 'CANCELLED' }))
      .yields(cancelled(T + 10))
    given(queued(), started(), asked())
      .when(finish({ status: 'SUCCEEDED', result: '1' }))
      .yields({ type: 'ExecutionSucceeded', attempt: 1, result: '1', finishedAtMs: T + 10 })
  })

  test('that was told again leaves nothing, and a success that comes too late is refused on record', () => {
    const before = [queued(), started(), asked(), cancelled(T + 10)] as const
    given(...before)
      .when(finish(failure(), T + 20))
      .yields()
    given(...before)
      .when(finish({ status: 'CANCELLED' }, T + 20))
      .yields()
    given(...before)
      .when(finish({ status: 'SUCCEEDED', result: '1' }, T + 20))
      .yields({ type: 'LateResultRefused', attempt: 1, refusedAtMs: T + 20 })
  })

  test('ends also when its executor is lost, or says nothing after the grace', () => {
    given(queued(), started(), asked())
      .when(lose())
      .yields(lost, cancelled(T + 20))
    given(queued({ cancelGraceMs: 100 }), started(), asked())
      .when(fire(T + 5_104))
      .yields()
    given(queued({ cancelGraceMs: 100 }), started(), asked())
      .when(fire(T + 5_105))
      .yields(cancelled(T + 5_105))
  })

  test('is acknowledged once, by the attempt that runs', () => {
    const acknowledge = (attempt: number): ExecutionCommand => ({ type: 'AcknowledgeCancel', attempt, atMs: T + 6 })
    const acknowledged: ExecutionEvent = { type: 'CancelAcknowledged', attempt: 1, acknowledgedAtMs: T + 6 }
    given(queued(), started(), asked()).when(acknowledge(1)).yields(acknowledged)
    given(queued(), started(), asked(), acknowledged).when(acknowledge(1)).yields()
    given(queued(), started(), asked()).when(acknowledge(2)).yields()
    given(queued(), started()).when(acknowledge(1)).yields()
  })
})

describe('an attempt of which nobody knows how it ended', () => {
  const held: ExecutionEvent = { type: 'ExecutionHeld', heldAtMs: T + 20 }
  const release: ExecutionCommand = { type: 'ReleaseExecution', by: 'alice', atMs: T + 30 }
  const fail: ExecutionCommand = { type: 'FailExecution', by: 'alice', reason: 'no', atMs: T + 30 }

  test('is tried again, given up, or held, as its job says', () => {
    given(queued(), started()).when(lose()).yields(lost)
    given(queued({ onUnknown: 'SKIP' }), started())
      .when(lose())
      .yields(lost, {
        type: 'ExecutionFailed',
        attempt: 1,
        code: 'OUTCOME_UNKNOWN',
        message: 'nobody knows how its attempt ended',
        finishedAtMs: T + 20,
      })
    given(queued({ onUnknown: 'HOLD' }), started())
      .when(lose())
      .yields(lost, held)
  })

  test('leaves a hold by an operator alone', () => {
    const before = [queued({ onUnknown: 'HOLD' }), started(), lost, held] as const
    given(...before)
      .when({ type: 'StartAttempt', executorId: 'x2', atMs: T + 30 })
      .yields()
    given(...before)
      .when(release)
      .yields({ type: 'ExecutionReleased', by: 'alice', releasedAtMs: T + 30 })
    given(...before)
      .when(fail)
      .yields(failed(1, 'FAILED_BY_OPERATOR', T + 30))
    given(queued(), started()).when(release).isRefused('EXECUTION_NOT_HELD')
    given(queued(), started()).when(fail).isRefused('EXECUTION_NOT_HELD')
  })
})
