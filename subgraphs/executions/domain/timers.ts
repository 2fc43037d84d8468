import { policyOf } from '#platform/policy'
import type { Execution } from './execution.ts'

/** What a timer of an execution ends. */
export type TimerKind =
  | 'RETRY'
  | 'SCHEDULE_TO_START'
  | 'START_TO_CLOSE'
  | 'SCHEDULE_TO_CLOSE'
  | 'HEARTBEAT'
  | 'CANCEL_GRACE'

/** The next instant at which something happens to an execution if nobody else does anything. */
export interface Timer {
  readonly kind: TimerKind
  readonly atMs: number
}

// How much longer than its grace a cancellation may take before nobody waits for the executor any more: it kills the task
// when the grace is over, and then tells.
const CANCEL_SLACK_MS = 5_000

/**
 * The first timer of an execution, by its state alone: it is kept as a column of its row, and survives whatever dies.
 *
 * @param heartbeatAtMs when the running attempt was heard of last, if it was
 */
export function nextTimer(state: Execution, heartbeatAtMs: number | null): Timer | null {
  return timersOf(state, heartbeatAtMs).reduce<Timer | null>(
    (first, timer) => (first === null || timer.atMs < first.atMs ? timer : first),
    null,
  )
}

function timersOf(state: Execution, heartbeatAtMs: number | null): readonly Timer[] {
  const policy = policyOf(state.policy)
  const timers: Timer[] = []
  const add = (kind: TimerKind, fromMs: number, durationMs: number | null): void => {
    if (durationMs !== null) timers.push({ kind, atMs: fromMs + durationMs })
  }
  switch (state.status) {
    case 'QUEUED':
    case 'WAITING':
      // Only the first attempt can come too late to start at all.
      if (state.attempts.length === 0) add('SCHEDULE_TO_START', state.queuedAtMs, policy.scheduleToStartMs)
      add('SCHEDULE_TO_CLOSE', state.queuedAtMs, policy.scheduleToCloseMs)
      return timers
    case 'RETRYING':
      add('RETRY', state.retryAtMs ?? state.queuedAtMs, 0)
      add('SCHEDULE_TO_CLOSE', state.queuedAtMs, policy.scheduleToCloseMs)
      return timers
    case 'RUNNING': {
      const startedAtMs = state.attempts.at(-1)?.startedAtMs ?? state.queuedAtMs
      add('START_TO_CLOSE', startedAtMs, policy.startToCloseMs)
      add('SCHEDULE_TO_CLOSE', state.queuedAtMs, policy.scheduleToCloseMs)
      add('HEARTBEAT', Math.max(startedAtMs, heartbeatAtMs ?? 0), policy.heartbeatMs)
      const { cancellation } = state
      if (cancellation) {
        add('CANCEL_GRACE', cancellation.requestedAtMs, policy.cancelGraceMs + CANCEL_SLACK_MS)
      }
      return timers
    }
    case 'HELD':
    case 'SUCCEEDED':
    case 'FAILED':
    case 'TIMED_OUT':
    case 'CANCELLED':
    case 'EXPIRED':
    case 'SKIPPED':
      return timers
  }
}
