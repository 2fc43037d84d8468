import type { AttemptOutcome, Execution, ExecutionHistory, FinishedAttempt } from '#executions'
import type { HttpPolicy } from '#platform/outbound'
import { policyOf } from '#platform/policy'
import type { RunningAttempt } from './running-attempt.ts'
import { type StorePorts, storeArtefacts } from './store-artefacts.ts'
import {
  type JsonObject,
  type ProgressReport,
  type Task,
  type TaskContext,
  type TaskEnding,
  TaskError,
  type TaskResult,
} from './tasks/index.ts'

/** What tasks there are, and how one is run in its place. */
export interface Tasks {
  taskNamed(jobType: string): Task | undefined
  runTask(task: Task, params: JsonObject, context: TaskContext, ending?: TaskEnding): Promise<TaskResult>
}

/** What running a task takes beside the attempt. */
export interface RunTaskPorts extends StorePorts {
  readonly tasks: Tasks
  readonly history: ExecutionHistory
  readonly httpPolicy: HttpPolicy
  /** The task has shown that it is alive. */
  onAlive(attempt: RunningAttempt): void
  /** The task has said how far it is. */
  onProgress(attempt: RunningAttempt, report: ProgressReport): void
  /** A line was logged. */
  onLogged(attempt: RunningAttempt): void
}

const ERROR_CODE_CHARACTERS_MAX = 100
const ERROR_MESSAGE_CHARACTERS_MAX = 2_000
const NO_HINTS = { retryAfterMs: null, isFinal: false } as const

/** Runs an attempt's task to its end. Never rejects: whatever went wrong is the outcome. */
export async function runTask(
  ports: RunTaskPorts,
  attempt: RunningAttempt,
): Promise<Pick<FinishedAttempt, 'outcome' | 'artefacts'>> {
  const { execution } = attempt.claim
  try {
    const task = ports.tasks.taskNamed(execution.jobType)
    if (!task) return failed('UNKNOWN_JOB_TYPE', `this executor has no task ${execution.jobType}`)
    const params = JSON.parse(execution.params) as JsonObject
    const ending = { graceMs: policyOf(execution.policy).cancelGraceMs, givenUp: attempt.over.signal }
    const grant = task.grant?.(params, execution.workspaceId) ?? null
    const context = { ...contextOf(ports, attempt, execution), grant }
    const { result, artefacts } = await ports.tasks.runTask(task, params, context, ending)
    const stored = await storeArtefacts(ports, attempt, artefacts)
    return { outcome: { status: 'SUCCEEDED', result: JSON.stringify(result) }, artefacts: stored }
  } catch (error) {
    if (error instanceof TaskError) return failed(error.code, error.message, error)
    // What else is thrown was not written for the eyes of a user.
    return failed('TASK_FAILED', 'the task failed')
  }
}

function contextOf(ports: RunTaskPorts, attempt: RunningAttempt, execution: Execution): Omit<TaskContext, 'grant'> {
  return {
    executionId: execution.id,
    attempt: attempt.claim.epoch,
    jobId: execution.jobId,
    workspaceId: execution.workspaceId,
    scheduledFor: new Date(execution.scheduledAtMs),
    signal: attempt.abort.signal,
    clock: ports.clock,
    history: ports.history,
    httpPolicy: ports.httpPolicy,
    log(level, message) {
      if (attempt.phase !== 'running') return
      attempt.log.add(level, message)
      ports.onAlive(attempt)
      ports.onLogged(attempt)
    },
    heartbeat() {
      if (attempt.phase === 'running') ports.onAlive(attempt)
    },
    progress(report) {
      if (attempt.phase !== 'running') return
      ports.onAlive(attempt)
      ports.onProgress(attempt, report)
    },
  }
}

function failed(
  code: string,
  message: string,
  { retryAfterMs, isFinal }: Pick<TaskError, 'retryAfterMs' | 'isFinal'> = NO_HINTS,
): { readonly outcome: AttemptOutcome; readonly artefacts: [] } {
  const error = {
    code: code.slice(0, ERROR_CODE_CHARACTERS_MAX),
    message: message.slice(0, ERROR_MESSAGE_CHARACTERS_MAX),
  }
  return { outcome: { status: 'FAILED', error, retryAfterMs, isFinal }, artefacts: [] }
}
