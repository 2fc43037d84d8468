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
