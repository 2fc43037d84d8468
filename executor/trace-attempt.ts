import { span } from '#platform/telemetry'
import { type RunTaskPorts, runTask } from './run-task.ts'
import type { RunningAttempt } from './running-attempt.ts'

/** Runs an attempt's task in a span of the trace in which it was fired. */
export function runTraced(ports: RunTaskPorts, attempt: RunningAttempt): ReturnType<typeof runTask> {
  const {
    claim: { execution, epoch, traceparent },
    place,
  } = attempt
  const attributes = {
    'carillon.execution.id': execution.id,
    'carillon.job.id': execution.jobId,
    'carillon.job.type': execution.jobType,
    'carillon.attempt': epoch,
    'carillon.place': place,
  }
  return span('run attempt', { parent: traceparent ?? null, attributes }, async (opened) => {
    attempt.traceparent = opened.traceparent
    const done = await runTask(ports, attempt)
    const { outcome } = done
    const status = attempt.phase === 'dropped' ? 'DROPPED' : outcome.status
    opened.set({ 'carillon.attempt.status': status })
    if (outcome.status === 'FAILED') opened.end(outcome.error.code)
    return done
  })
}
