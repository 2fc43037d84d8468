import type { AttemptOutcome, Execution, ExecutionHistory, FinishedAttempt } from '#executions'
import type { Clock } from '#platform/clock'
import type { RunningAttempt } from './running-attempt.ts'
import {
  type HttpPolicy,
  type JsonObject,
  type Task,
  type TaskContext,
  TaskError,
  type TaskResult,
} from './tasks/index.ts'

/** What tasks there are, and how one is run in its place. */
export interface Tasks {
  taskNamed(jobType: string): Task | undefined
  runTask(task: Task, params: JsonObject, context: TaskContext): Promise<TaskResult>
}

/** What running a task takes beside the attempt. */
export interface RunTaskPorts {
  readonly tasks: Tasks
  readonly clock: Clock
  readonly history: ExecutionHistory
  readonly httpPolicy: HttpPolicy
  /** A line was logged. */
  onLogged(attempt: RunningAttempt): void
}

const ERROR_CODE_CHARACTERS_MAX = 100
const ERROR_MESSAGE_CHARACTERS_MAX = 2_000

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
    const { result, artefacts } = await ports.tasks.runTask(task, params, contextOf(ports, attempt, execution))
    return { outcome: { status: 'SUCCEEDED', result: JSON.stringify(result) }, artefacts }
  } catch (error) {
    if (error instanceof TaskError) return failed(error.code, error.message)
    // What else is thrown was not written for the eyes of a user.
    return failed('TASK_FAILED', 'the task failed')
  }
}

function contextOf(ports: RunTaskPorts, attempt: RunningAttempt, execution: Execution): TaskContext {
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
      ports.onLogged(attempt)
    },
  }
}

function failed(code: string, message: string): { readonly outcome: AttemptOutcome; readonly artefacts: [] } {
  const error = {
    code: code.slice(0, ERROR_CODE_CHARACTERS_MAX),
    message: message.slice(0, ERROR_MESSAGE_CHARACTERS_MAX),
  }
  return { outcome: { status: 'FAILED', error }, artefacts: [] }
}
