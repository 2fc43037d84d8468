import { DomainError } from '#platform/domain'
import { once } from '#platform/event-store'
import type { Caller } from '#platform/identity'
import type { JobsParts } from '../parts.ts'
import { withJob } from './change-job.ts'
import { inputChecker } from './job-input.ts'

/** A run that is asked for. */
export interface TriggerJobInput {
  readonly jobId: string
  /** Instead of the job's own, for this run. */
  readonly params?: unknown
  /** The same key gives the same execution again, however often it is sent. */
  readonly idempotencyKey?: string | null | undefined
}

/** The execution that a trigger leads to. */
export interface Trigger {
  readonly executionId: string
}

const KEY_LENGTH_MAX = 100

/**
 * Runs a job once, now, whatever its schedule says: a paused or completed one too. Answers at once: the execution
 * comes to be when the scheduler and the executions have taken it in.
 *
 * @throws {DomainError} JOB_NOT_FOUND, JOB_ARCHIVED, INVALID_PARAMS, IDEMPOTENCY_KEY_REUSED, BAD_USER_INPUT
 */
export async function triggerJob(
  parts: JobsParts,
  caller: Caller | null,
  { jobId, params, idempotencyKey }: TriggerJobInput,
  correlationId: string = parts.clock.newId(),
): Promise<Trigger> {
  const key = checkedKey(idempotencyKey ?? parts.clock.newId())
  const executionId = parts.clock.newId()
  return withJob(parts, caller, { jobId, action: 'run', correlationId }, ({ unit, record }, seen) => {
    const request = { params: params ?? null }
    const commandId = `trigger/${seen.workspaceId}/${jobId}/${key}`
    return once(unit, { commandId, request }, async () => {
      const check = inputChecker(parts.jobTypes, unit.now)
      const given = params == null ? null : check.params(seen.jobType, params)
      await record({ type: 'TriggerJob', executionId, key, params: given, now: unit.now })
      return { executionId }
    })
  })
}

function checkedKey(key: string): string {
  if (key.length > 0 && key.length <= KEY_LENGTH_MAX) return key
  const message = `an idempotencyKey has from 1 to ${KEY_LENGTH_MAX} characters`
  throw new DomainError('BAD_USER_INPUT', message, { path: 'idempotencyKey' })
}
