import { DomainError } from '#platform/domain'
import { isDefaultPolicy, policyOf, retryDelayMs } from '#platform/policy'
import { decideAdmission } from './decide-admission.ts'
import type { Attempt, Execution } from './execution.ts'
import type { ExecutionCommand } from './execution-command.ts'
import type { ExecutionEvent, TimeOut } from './execution-event.ts'
import { nextTimer } from './timers.ts'

/** The execution fails with the loss of so many executors. Orderly stops, however many, are nobody's failure. */
export const ATTEMPTS_LOST_MAX = 5

type CommandOf<Type extends ExecutionCommand['type']> = Extract<ExecutionCommand, { type: Type }>

/** What a command makes of an execution. One that comes twice, or too late, makes nothing. */
export function decideExecution(command: ExecutionCommand, state: Execution | null): readonly ExecutionEvent[] {
  // The topic repeats itself: taking in twice is taking in once.
  if (command.type === 'QueueExecution') return state ? [] : queue(command)
  return state ? decideOn(command, state) : []
}

function decideOn(
  command: Exclude<ExecutionCommand, { type: 'QueueExecution' }>,
  state: Execution,
): readonly ExecutionEvent[] {
  switch (command.type) {
    case 'BufferExecution':
    case 'AdmitExecution':
    case 'SkipExecution':
      return decideAdmission(command, state)
    case 'StartAttempt':
      return start(command, state)
    case 'FinishAttempt':
      return finish(command, state)
    case 'LoseAttempt':
      return lose(command, state)
    case 'FireTimer':
      return fireTimer(command, state)
    case 'RequestCancel':
      return requestCancel(command, state)
    case 'AcknowledgeCancel': {
      const isAsked = state.status === 'RUNNING' && state.cancellation && state.attempts.length === command.attempt
      if (!isAsked || state.cancellation?.acknowledgedAtMs !== null) return []
      return [{ type: 'CancelAcknowledged', attempt: command.attempt, acknowledgedAtMs: command.atMs }]
    }
    case 'ReleaseExecution':
      checkHeld(state)
      return [{ type: 'ExecutionReleased', by: command.by, releasedAtMs: command.atMs }]
    case 'FailExecution': {
      checkHeld(state)
      const { reason: message, atMs: finishedAtMs } = command
      return [
        { type: 'ExecutionFailed', attempt: state.attempts.length, code: 'FAILED_BY_OPERATOR', message, finishedAtMs },
      ]
    }
  }
}

function queue(command: CommandOf<'QueueExecution'>): readonly ExecutionEvent[] {
  return [
    {
      type: 'ExecutionQueued',
      executionId: command.executionId,
      workspaceId: command.workspaceId,
      jobId: command.jobId,
      jobVersion: command.jobVersion,
      jobType: command.jobType,
      params: command.params,
      cause: command.cause,
      scheduledAtMs: command.scheduledAtMs,
      queuedAtMs: command.atMs,
      ...(!isDefaultPolicy(command.policy) && { policy: command.policy }),
      ...(command.originId && { originId: command.originId }),
    },
  ]
}

function start({ executorId, atMs }: CommandOf<'StartAttempt'>, state: Execution): readonly ExecutionEvent[] {
  if (state.status !== 'QUEUED') return []
  // Whoever claims it may come before whoever looks for timers, but not before its time was over.
  const over = fireTimer({ heartbeatAtMs: null, jitter: 0, atMs }, state)
  if (over.length > 0) return over
  return [{ type: 'AttemptStarted', attempt: state.attempts.length + 1, executorId, startedAtMs: atMs }]
}

function finish(command: CommandOf<'FinishAttempt'>, state: Execution): readonly ExecutionEvent[] {
  const { attempt, outcome, atMs } = command
  const tried = state.attempts[attempt - 1]
  if (!tried || tried.lateResultAtMs !== null) return []
  // The end of a task that was cancelled may be told again; only a success that came too late is news.
  if (tried.status === 'CANCELLED' && outcome.status !== 'SUCCEEDED') return []
  if (isGivenUp(tried)) return [{ type: 'LateResultRefused', attempt, refusedAtMs: atMs }]
  // A result whose acknowledgement was lost comes again.
  if (tried.status !== 'RUNNING') return []
  if (outcome.status === 'SUCCEEDED') {
    return [{ type: 'ExecutionSucceeded', attempt, result: outcome.result, finishedAtMs: atMs }]
  }
  // What a task that was asked to end says at its end is no failure.
  if (state.cancellation) return [{ type: 'ExecutionCancelled', cancelledAtMs: atMs }]
  // Whoever gives it back speaks of it: that is a sign of life.
  if (outcome.status === 'CANCELLED')
    return lose({ attempt, reason: 'EXECUTOR_STOPPED', heartbeatAtMs: atMs, jitter: command.jitter, atMs }, state)
  const { code, message } = outcome.error
  const { isFinal = false, retryAfterMs } = outcome
  const retryAtMs = isFinal ? null : retryAt(state, code, command.jitter, atMs, retryAfterMs)
  if (retryAtMs === null) return [{ type: 'ExecutionFailed', attempt, code, message, finishedAtMs: atMs }]
  return [{ type: 'AttemptFailed', attempt, code, message, failedAtMs: atMs, retryAtMs }]
}

function isGivenUp({ status }: Attempt): boolean {
  return status === 'LOST' || status === 'TIMED_OUT' || status === 'CANCELLED'
}

/** When the next attempt is due; null when this was the last, or it could not end in time. */
function retryAt(
  state: Execution,
  code: string,
  jitter: number,
  atMs: number,
  retryAfterMs: number | null = null,
): number | null {
  const policy = policyOf(state.policy)
  const failures = 1 + state.attempts.filter(({ status }) => status === 'FAILED' || status === 'TIMED_OUT').length
  if (failures >= policy.attemptsMax || policy.nonRetryable.includes(code)) return null
  const dueAtMs = atMs + retryDelayMs(policy, failures, jitter, retryAfterMs)
  const { scheduleToCloseMs } = policy
  return scheduleToCloseMs !== null && dueAtMs >= state.queuedAtMs + scheduleToCloseMs ? null : dueAtMs
}

function lose(command: Omit<CommandOf<'LoseAttempt'>, 'type'>, state: Execution): readonly ExecutionEvent[] {
  const { attempt, reason, atMs } = command
  if (state.status !== 'RUNNING' || state.attempts.length !== attempt) return []
  // Where all executors died, losses are found before anybody has looked for timers: what was over by then is no loss.
  const over = fireTimer(command, state)
  if (over.length > 0) return over
  const lost: ExecutionEvent = { type: 'AttemptLost', attempt, reason, lostAtMs: atMs }
  if (state.cancellation) return [lost, { type: 'ExecutionCancelled', cancelledAtMs: atMs }]
  const { onUnknown } = policyOf(state.policy)
  if (onUnknown === 'HOLD') return [lost, { type: 'ExecutionHeld', heldAtMs: atMs }]
  if (onUnknown === 'SKIP')
    return [lost, failedFor(attempt, 'OUTCOME_UNKNOWN', 'nobody knows how its attempt ended', atMs)]
  if (reason === 'EXECUTOR_STOPPED') return [lost]
  const lostBefore = state.attempts.filter(({ error }) => error?.code === 'EXECUTOR_LOST').length
  if (lostBefore + 1 < ATTEMPTS_LOST_MAX) return [lost]
  return [lost, failedFor(attempt, 'ATTEMPTS_EXHAUSTED', `${ATTEMPTS_LOST_MAX} attempts were lost`, atMs)]
}

function failedFor(attempt: number, code: string, message: string, finishedAtMs: number): ExecutionEvent {
  return { type: 'ExecutionFailed', attempt, code, message, finishedAtMs }
}

/** When somebody looks at timers, and what that takes. */
type Look = Omit<CommandOf<'FireTimer'>, 'type'>

/** One timer, if it is due: whoever claimed it may have been too late, or the execution has gone on since. */
function fireTimer(command: Look, state: Execution): readonly ExecutionEvent[] {
  const { atMs, heartbeatAtMs } = command
  const timer = nextTimer(state, heartbeatAtMs)
  if (!timer || timer.atMs > atMs) return []
  switch (timer.kind) {
    case 'RETRY':
      return [{ type: 'RetryDue', dueAtMs: atMs }]
    case 'SCHEDULE_TO_START':
      return [{ type: 'ExecutionExpired', expiredAtMs: atMs }]
    case 'CANCEL_GRACE':
      return [{ type: 'ExecutionCancelled', cancelledAtMs: atMs }]
    case 'START_TO_CLOSE':
    case 'HEARTBEAT':
      return endByTime(timer.kind, command, state)
    case 'SCHEDULE_TO_CLOSE': {
      const over: ExecutionEvent = { type: 'ExecutionTimedOut', timeOut: timer.kind, finishedAtMs: atMs }
      if (state.status !== 'RUNNING') return [over]
      return [timedOut(state.attempts.length, timer.kind, atMs, null), over]
    }
  }
}

function endByTime(kind: TimeOut, command: Look, state: Execution): readonly ExecutionEvent[] {
  const { atMs, jitter } = command
  const attempt = state.attempts.length
  if (state.cancellation) {
    return [timedOut(attempt, kind, atMs, null), { type: 'ExecutionCancelled', cancelledAtMs: atMs }]
  }
  const retryAtMs = retryAt(state, kind, jitter, atMs)
  if (retryAtMs !== null) return [timedOut(attempt, kind, atMs, retryAtMs)]
  return [timedOut(attempt, kind, atMs, null), { type: 'ExecutionTimedOut', timeOut: kind, finishedAtMs: atMs }]
}

function timedOut(attempt: number, timeOut: TimeOut, timedOutAtMs: number, retryAtMs: number | null): ExecutionEvent {
  return { type: 'AttemptTimedOut', attempt, timeOut, timedOutAtMs, retryAtMs }
}

function requestCancel(command: CommandOf<'RequestCancel'>, state: Execution): readonly ExecutionEvent[] {
  const { by, reason, isAtOnce = false, atMs } = command
  const asked: ExecutionEvent = { type: 'CancelRequested', by, reason, requestedAtMs: atMs }
  const over: ExecutionEvent = { type: 'ExecutionCancelled', cancelledAtMs: atMs }
  switch (state.status) {
    case 'QUEUED':
    case 'WAITING':
    case 'RETRYING':
    case 'HELD':
      return [asked, over]
    case 'RUNNING':
      return [...(state.cancellation ? [] : [asked]), ...(isAtOnce ? [over] : [])]
    case 'SUCCEEDED':
    case 'FAILED':
    case 'TIMED_OUT':
    case 'CANCELLED':
    case 'EXPIRED':
    case 'SKIPPED':
      return []
  }
}

function checkHeld({ status }: Execution): void {
  if (status === 'HELD') return
  throw new DomainError('EXECUTION_NOT_HELD', `the execution is ${status}, and waits for nobody's decision`)
}
