import { type Decider, invariant } from '#platform/domain'
import type { ExecutionCommand } from './execution-command.ts'
import type { ExecutionEvent } from './execution-event.ts'

/** How far an execution is. */
export type ExecutionStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED'

/** One try at an execution. */
export interface Attempt {
  /** Counts from 1. It is also the fencing epoch: whoever writes for an earlier one is refused. */
  readonly number: number
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'LOST'
  readonly executorId: string
  readonly startedAtMs: number
  readonly finishedAtMs: number | null
  readonly error: ExecutionError | null
  /** When a result came after the attempt had been given up. */
  readonly lateResultAtMs: number | null
}

/** Why something failed: a stable code for machines, a message for people. */
export interface ExecutionError {
  readonly code: string
  readonly message: string
}

/** One firing of a job. Plain JSON: it is also what the change feed carries. */
export interface Execution {
  readonly id: string
  readonly workspaceId: string
  readonly jobId: string
  readonly jobVersion: number
  readonly jobType: string
  /** JSON text, as the scheduler sent it. */
  readonly params: string
  readonly cause: string
  readonly status: ExecutionStatus
  readonly scheduledAtMs: number
  readonly queuedAtMs: number
  /** When the first attempt started. */
  readonly startedAtMs: number | null
  readonly finishedAtMs: number | null
  readonly attempts: readonly Attempt[]
  /** JSON text. */
  readonly result: string | null
  readonly error: ExecutionError | null
  /** The number of its events. */
  readonly version: number
}

/** The execution fails with the loss of so many executors. Orderly stops, however many, are nobody's failure. */
export const ATTEMPTS_MAX = 5

const LOST_MESSAGES = {
  EXECUTOR_LOST: 'its executor was heard of no more',
  EXECUTOR_STOPPED: 'its executor was stopped before it had ended',
} as const

/** An execution is queued once, runs in one attempt at a time, and ends once. */
export const execution: Decider<ExecutionCommand, ExecutionEvent, Execution | null> = {
  initial: null,

  decide(command, state) {
    switch (command.type) {
      case 'QueueExecution':
        // The topic repeats itself: taking in twice is taking in once.
        return state ? [] : [queued(command)]
      case 'StartAttempt':
        if (state?.status !== 'QUEUED') return []
        return [
          {
            type: 'AttemptStarted',
            attempt: state.attempts.length + 1,
            executorId: command.executorId,
            startedAtMs: command.atMs,
          },
        ]
      case 'FinishAttempt':
        return finish(command, state)
      case 'LoseAttempt':
        return lose(command, state)
    }
  },

  evolve(state, event) {
    if (event.type === 'ExecutionQueued') return queuedExecution(event)
    invariant(state, `${event.type} of an execution that was never queued`)
    const version = state.version + 1
    switch (event.type) {
      case 'AttemptStarted': {
        const { attempt: number, executorId, startedAtMs } = event
        const started = { number, status: 'RUNNING', executorId, startedAtMs, ...UNFINISHED } as const
        return {
          ...state,
          version,
          status: 'RUNNING',
          startedAtMs: state.startedAtMs ?? startedAtMs,
          attempts: [...state.attempts, started],
        }
      }
      case 'ExecutionSucceeded': {
        const { attempt, finishedAtMs, result } = event
        const attempts = change(state, attempt, { status: 'SUCCEEDED', finishedAtMs })
        return { ...state, version, status: 'SUCCEEDED', finishedAtMs, attempts, result }
      }
      case 'ExecutionFailed': {
        const { attempt, finishedAtMs, code, message } = event
        const error = { code, message }
        // An attempt that was lost stays lost when the execution fails for it.
        const lost = state.status === 'QUEUED'
        const attempts = lost ? state.attempts : change(state, attempt, { status: 'FAILED', finishedAtMs, error })
        return { ...state, version, status: 'FAILED', finishedAtMs, attempts, error }
      }
      case 'AttemptLost': {
        const error = { code: event.reason, message: LOST_MESSAGES[event.reason] }
        const attempts = change(state, event.attempt, { status: 'LOST', finishedAtMs: event.lostAtMs, error })
        return { ...state, version, status: 'QUEUED', attempts }
      }
      case 'LateResultRefused':
        return { ...state, version, attempts: change(state, event.attempt, { lateResultAtMs: event.refusedAtMs }) }
    }
  },
}

/** Whether nothing more can come of it. */
export function hasEnded({ status }: Execution): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED'
}

const UNFINISHED = { finishedAtMs: null, error: null, lateResultAtMs: null } as const

type CommandOf<Type extends ExecutionCommand['type']> = Extract<ExecutionCommand, { type: Type }>

function queued(command: CommandOf<'QueueExecution'>): ExecutionEvent {
  return {
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
  }
}

function finish(command: CommandOf<'FinishAttempt'>, state: Execution | null): readonly ExecutionEvent[] {
  const { attempt, outcome, atMs } = command
  const tried = state?.attempts[attempt - 1]
  if (!tried || tried.lateResultAtMs !== null) return []
  if (tried.status === 'LOST') return [{ type: 'LateResultRefused', attempt, refusedAtMs: atMs }]
  // A result whose acknowledgement was lost comes again.
  if (tried.status !== 'RUNNING') return []
  if (outcome.status === 'SUCCEEDED') {
    return [{ type: 'ExecutionSucceeded', attempt, result: outcome.result, finishedAtMs: atMs }]
  }
  const { code, message } = outcome.error
  return [{ type: 'ExecutionFailed', attempt, code, message, finishedAtMs: atMs }]
}

function lose({ attempt, reason, atMs }: CommandOf<'LoseAttempt'>, state: Execution | null): readonly ExecutionEvent[] {
  if (state?.status !== 'RUNNING' || state.attempts.length !== attempt) return []
  const lost: ExecutionEvent = { type: 'AttemptLost', attempt, reason, lostAtMs: atMs }
  if (reason === 'EXECUTOR_STOPPED') return [lost]
  const lostBefore = state.attempts.filter(({ error }) => error?.code === 'EXECUTOR_LOST').length
  if (lostBefore + 1 < ATTEMPTS_MAX) return [lost]
  const message = `${ATTEMPTS_MAX} attempts were lost`
  return [lost, { type: 'ExecutionFailed', attempt, code: 'ATTEMPTS_EXHAUSTED', message, finishedAtMs: atMs }]
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
    status: 'QUEUED',
    scheduledAtMs: event.scheduledAtMs,
    queuedAtMs: event.queuedAtMs,
    startedAtMs: null,
    finishedAtMs: null,
    attempts: [],
    result: null,
    error: null,
    version: 1,
  }
}

function change(state: Execution, number: number, fields: Partial<Attempt>): readonly Attempt[] {
  return state.attempts.map((attempt) => (attempt.number === number ? { ...attempt, ...fields } : attempt))
}
