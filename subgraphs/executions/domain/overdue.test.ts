import { describe, test } from 'vitest'
import type { ExecutionPolicy } from '#platform/policy'
import { scenario } from '#platform/testing'
import { execution } from './execution.ts'
import type { ExecutionCommand } from './execution-command.ts'
import type { ExecutionEvent } from './execution-event.ts'

// What was due before anybody looked for timers: whoever comes first finds it over.
const { given } = scenario(execution)
const T = 1_000_000

const queued = (policy: Partial<ExecutionPolicy>): ExecutionEvent => ({
  ...{ type: 'ExecutionQueued', executionId: 'e1', workspaceId: 'w1', jobId: 'j1', jobVersion: 1, jobType: 'ECHO' },
  ...{ params: '{}', cause: 'schedule', scheduledAtMs: T, queuedAtMs: T, policy: JSON.stringify(policy) },
})
const started = (attempt: number, startedAtMs: number): ExecutionEvent => ({
  ...{ type: 'AttemptStarted', attempt, executorId: 'x1', startedAtMs },
})
const lost = (lostAtMs: number): ExecutionEvent => ({
  ...{ type: 'AttemptLost', attempt: 1, reason: 'EXECUTOR_LOST', lostAtMs },
})
const over = (timeOut: 'START_TO_CLOSE' | 'SCHEDULE_TO_CLOSE' | 'HEARTBEAT', finishedAtMs: number): ExecutionEvent => ({
  ...{ type: 'ExecutionTimedOut', timeOut, finishedAtMs },
})

describe('a start', () => {
  const start = (atMs: number): ExecutionCommand => ({ type: 'StartAttempt', executorId: 'x1', atMs })

  test('after schedule-to-start is none: it expires', () => {
    const policy = { scheduleToStartMs: 100 }
    given(queued(policy))
      .when(start(T + 99))
      .yields(started(1, T + 99))
    given(queued(policy))
      .when(start(T + 100))
      .yields({ type: 'ExecutionExpired', expiredAtMs: T + 100 })
  })

  test('after schedule-to-close is none: it times out', () => {
    given(queued({ scheduleToCloseMs: 1_000 }))
      .when(start(T + 1_000))
      .yields(over('SCHEDULE_TO_CLOSE', T + 1_000))
  })

  test('of what was held goes by schedule-to-close alone', () => {
    const before = [
      queued({ scheduleToCloseMs: 1_000, scheduleToStartMs: 100, onUnknown: 'HOLD' }),
      ...[started(1, T), lost(T + 20)],
      { type: 'ExecutionHeld', heldAtMs: T + 20 },
      { type: 'ExecutionReleased', by: 'alice', releasedAtMs: T + 900 },
    ] as const
    given(...before)
      .when(start(T + 999))
      .yields(started(2, T + 999))
    given(...before)
      .when(start(T + 1_000))
      .yields(over('SCHEDULE_TO_CLOSE', T + 1_000))
  })
})

describe('a loss', () => {
  const lose = (atMs: number, heartbeatAtMs: number | null = null): ExecutionCommand => ({
    ...{ type: 'LoseAttempt', attempt: 1, reason: 'EXECUTOR_LOST' },
    ...{ heartbeatAtMs, jitter: 0.5, atMs },
  })
  const timedOut = (
    timeOut: 'START_TO_CLOSE' | 'SCHEDULE_TO_CLOSE' | 'HEARTBEAT',
    timedOutAtMs: number,
    retryAtMs: number | null = null,
  ): ExecutionEvent => ({ type: 'AttemptTimedOut', attempt: 1, timeOut, timedOutAtMs, retryAtMs })

  test('after start-to-close is a time-out: no attempt follows that the policy does not allow', () => {
    const before = [queued({ startToCloseMs: 100 }), started(1, T)] as const
    given(...before)
      .when(lose(T + 99))
      .yields(lost(T + 99))
    given(...before)
      .when(lose(T + 100))
      .yields(timedOut('START_TO_CLOSE', T + 100), over('START_TO_CLOSE', T + 100))
    given(queued({ startToCloseMs: 100, attemptsMax: 2, backoffMs: 1_000 }), started(1, T))
      .when(lose(T + 100))
      .yields(timedOut('START_TO_CLOSE', T + 100, T + 600))
  })

  test.each(['SKIP', 'HOLD'] as const)('after schedule-to-close is a time-out, whatever %s says', (onUnknown) => {
    given(queued({ scheduleToCloseMs: 100, onUnknown }), started(1, T))
      .when(lose(T + 100))
      .yields(timedOut('SCHEDULE_TO_CLOSE', T + 100), over('SCHEDULE_TO_CLOSE', T + 100))
  })

  test('of what was heard of since is a loss', () => {
    const before = [queued({ heartbeatMs: 100 }), started(1, T)] as const
    given(...before)
      .when(lose(T + 150, T + 60))
      .yields(lost(T + 150))
    given(...before)
      .when(lose(T + 160, T + 60))
      .yields(timedOut('HEARTBEAT', T + 160), over('HEARTBEAT', T + 160))
  })

  test('of what was to be cancelled ends it as cancelled', () => {
    const asked: ExecutionEvent = {
      ...{ type: 'CancelRequested', by: { kind: 'USER', userId: 'alice' }, reason: '', requestedAtMs: T },
    }
    const cancelled: ExecutionEvent = { type: 'ExecutionCancelled', cancelledAtMs: T + 5_100 }
    given(queued({ cancelGraceMs: 100 }), started(1, T), asked)
      .when(lose(T + 5_100))
      .yields(cancelled)
    given(queued({ startToCloseMs: 5_000 }), started(1, T), asked)
      .when(lose(T + 5_100))
      .yields(timedOut('START_TO_CLOSE', T + 5_100), cancelled)
  })

  test('that an executor tells of itself is one of an attempt that was heard of', () => {
    given(queued({ heartbeatMs: 100 }), started(1, T))
      .when({ type: 'FinishAttempt', attempt: 1, outcome: { status: 'CANCELLED' }, jitter: 0.5, atMs: T + 500 })
      .yields({ type: 'AttemptLost', attempt: 1, reason: 'EXECUTOR_STOPPED', lostAtMs: T + 500 })
  })
})
