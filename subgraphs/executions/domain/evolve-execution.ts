import { invariant } from '#platform/domain'
import { DEFAULT_POLICY } from '#platform/policy'
import type { Attempt, Execution } from './execution.ts'
import type { ExecutionEvent, TimeOut } from './execution-event.ts'

const LOST_MESSAGES = {
  EXECUTOR_LOST: 'its executor was heard of no more',
  EXECUTOR_STOPPED: 'its executor was stopped before it had ended',
} as const

const TIME_OUT_MESSAGES: Readonly<Record<TimeOut, string>> = {
  START_TO_CLOSE: 'the attempt took longer than it may',
  SCHEDULE_TO_CLOSE: 'all attempts together took longer than they may',
  HEARTBEAT: 'the attempt was silent for longer than it may be',
}

const UNFINISHED = { finishedAtMs: null, error: null, lateResultAtMs: null } as const

/** The execution after one more event. */
export function evolveExecution(state: Execution | null, event: ExecutionEvent): Execution {
  if (event.type === 'ExecutionQueued') return queuedExecution(event)
  invariant(state, `${event.type} of an execution that was never queued`)
  return { ...changed(state, event), version: state.version + 1 }
}

function changed(state: Execution, event: Exclude<ExecutionEvent, { type: 'ExecutionQueued' }>): Execution {
  switch (event.type) {
    case 'AttemptStarted': {
      const { attempt: number, executorId, startedAtMs } = event
      const started = { number, status: 'RUNNING', executorId, startedAtMs, ...UNFINISHED } as const
      return {
        ...state,
        status: 'RUNNING',
        retryAtMs: null,
        startedAtMs: state.startedAtMs ?? startedAtMs,
        attempts: [...state.attempts, started],
      }
    }
    case 'ExecutionSucceeded': {
      const { attempt, finishedAtMs, result } = event
      const attempts = withAttempt(state, attempt, { status: 'SUCCEEDED', finishedAtMs })
      return { ...state, status: 'SUCCEEDED', finishedAtMs, attempts, result }
    }
    case 'AttemptFailed': {
      const { attempt, failedAtMs, code, message, retryAtMs } = event
      const error = { code, message }
      const attempts = withAttempt(state, attempt, { status: 'FAILED', finishedAtMs: failedAtMs, error })
      return { ...state, status: 'RETRYING', retryAtMs, attempts }
    }
    case 'ExecutionFailed':
      return failed(state, event)
    case 'AttemptTimedOut': {
      const { attempt, timeOut, timedOutAtMs: finishedAtMs, retryAtMs } = event
      const error = { code: timeOut, message: TIME_OUT_MESSAGES[timeOut] }
      const attempts = withAttempt(state, attempt, { status: 'TIMED_OUT', finishedAtMs, error })
      return { ...state, status: 'RETRYING', retryAtMs, attempts }
    }
    case 'ExecutionTimedOut': {
      const { timeOut, finishedAtMs } = event
      const error = { code: timeOut, message: TIME_OUT_MESSAGES[timeOut] }
      return { ...state, status: 'TIMED_OUT', finishedAtMs, retryAtMs: null, blockedBy: null, error }
    }
    case 'ExecutionExpired':
      return { ...state, status: 'EXPIRED', finishedAtMs: event.expiredAtMs, retryAtMs: null, blockedBy: null }
    case 'RetryDue':
      return { ...state, status: 'QUEUED', retryAtMs: null }
    case 'AttemptLost': {
      const { attempt, reason, lostAtMs } = event
      const error = { code: reason, message: LOST_MESSAGES[reason] }
      const attempts = withAttempt(state, attempt, { status: 'LOST', finishedAtMs: lostAtMs, error })
      return { ...state, status: 'QUEUED', attempts }
    }
    case 'ExecutionBuffered':
      return { ...state, status: 'WAITING', blockedBy: event.blockedBy }
    case 'ExecutionAdmitted':
      return { ...state, status: 'QUEUED', blockedBy: null }
    case 'ExecutionSkipped': {
      const { code, message, blockedBy, skippedAtMs: finishedAtMs } = event
      return { ...state, status: 'SKIPPED', blockedBy, finishedAtMs, error: { code, message } }
    }
    default:
      return decidedByPeople(state, event)
  }
}

type ByPeople = Extract<
  ExecutionEvent,
  {
    type:
      | 'ExecutionHeld'
      | 'ExecutionReleased'
      | 'CancelRequested'
      | 'CancelAcknowledged'
      | 'ExecutionCancelled'
      | 'LateResultRefused'
  }
>

function decidedByPeople(state: Execution, event: ByPeople): Execution {
  switch (event.type) {
    case 'ExecutionHeld':
      return { ...state, status: 'HELD' }
    case 'ExecutionReleased':
      return { ...state, status: 'QUEUED' }
    case 'CancelRequested': {
      const { by, reason, requestedAtMs } = event
      return { ...state, cancellation: { by, reason, requestedAtMs, acknowledgedAtMs: null } }
    }
    case 'CancelAcknowledged': {
      invariant(state.cancellation, 'a cancellation is acknowledged that was never asked for')
      return { ...state, cancellation: { ...state.cancellation, acknowledgedAtMs: event.acknowledgedAtMs } }
    }
    case 'ExecutionCancelled': {
      const { cancelledAtMs: finishedAtMs } = event
      const running = state.attempts.find(({ status }) => status === 'RUNNING')
      const attempts = running
        ? withAttempt(state, running.number, { status: 'CANCELLED', finishedAtMs })
        : state.attempts
      return { ...state, status: 'CANCELLED', finishedAtMs, retryAtMs: null, blockedBy: null, attempts }
    }
    case 'LateResultRefused':
      return { ...state, attempts: withAttempt(state, event.attempt, { lateResultAtMs: event.refusedAtMs }) }
  }
}

function failed(state: Execution, event: Extract<ExecutionEvent, { type: 'ExecutionFailed' }>): Execution {
  const { attempt, finishedAtMs, code, message } = event
  const error = { code, message }
  // An attempt that was lost stays lost when the execution fails for it.
  const isRunning = state.attempts[attempt - 1]?.status === 'RUNNING'
  const attempts = isRunning ? withAttempt(state, attempt, { status: 'FAILED', finishedAtMs, error }) : state.attempts
  return { ...state, status: 'FAILED', finishedAtMs, retryAtMs: null, attempts, error }
}

function queuedExecution(event: Extract<ExecutionEvent, { type: 'ExecutionQueued' }>): Execution {
  return {
    id: event.executionId,
    workspaceId: event.workspaceId,
    jobId: event.jobId,
    jobVersion: event.jobVersion,
    jobType: event.jobType,
    params: event.params,
    cause: event.cause,
    originId: event.originId ?? null,
    policy: event.policy ?? DEFAULT_POLICY,
    status: 'QUEUED',
    scheduledAtMs: event.scheduledAtMs,
    queuedAtMs: event.queuedAtMs,
    startedAtMs: null,
    finishedAtMs: null,
    retryAtMs: null,
    blockedBy: null,
    cancellation: null,
    attempts: [],
    result: null,
    error: null,
    version: 1,
  }
}

function withAttempt(state: Execution, number: number, fields: Partial<Attempt>): readonly Attempt[] {
  return state.attempts.map((attempt) => (attempt.number === number ? { ...attempt, ...fields } : attempt))
}
