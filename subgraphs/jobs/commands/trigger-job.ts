import { once } from '#platform/event-store'
import type { Caller } from '#platform/identity'
import type { Overlap } from '#platform/policy'
import type { JobsParts } from '../parts.ts'
import { withJob } from './change-job.ts'
import { checkedKey, inOneOrder } from './idempotency-key.ts'
import { inputChecker } from './job-input.ts'

/** A run that is asked for. */
export interface TriggerJobInput {
  readonly jobId: string
  /** Instead of the job's own, for this run. */
  readonly params?: unknown
  /** Instead of the job's own, for this run. */
  readonly overlap?: Overlap | null | undefined
  /** The same key gives the same execution again, however often it is sent. */
  readonly idempotencyKey?: string | null | undefined
}

/** The execution that a trigger leads to. */
export interface Trigger {
  readonly executionId: string
}

/**
 * Runs a job once, now, whatever its schedule says: a paused or completed one too. Answers at once: the execution
 * comes to be when the scheduler and the executions have taken it in.
 *
 * @throws {DomainError} JOB_NOT_FOUND, JOB_ARCHIVED, INVALID_PARAMS, IDEMPOTENCY_KEY_REUSED, BAD_USER_INPUT
 */
export async function triggerJob(
  parts: JobsParts,
  caller: Caller | null,
  { jobId, params, overlap, idempotencyKey }: TriggerJobInput,
  correlationId: string = parts.clock.newId(),
): Promise<Trigger> {
  const key = checkedKey(idempotencyKey ?? parts.clock.newId())
  const executionId = parts.clock.newId()
  return withJob(parts, caller, { jobId, action: 'run', correlationId }, ({ unit, record }, current) => {
    // What says nothing of overlap is the request that it was before anybody could.
    const request = { params: inOneOrder(params ?? null), ...(overlap && { overlap }) }
    const commandId = `trigger/${current.workspaceId}/${jobId}/${key}`
    return once(unit, { commandId, request }, async () => {
      const check = inputChecker(parts.jobTypes, unit.now)
      const given = params == null ? null : check.params(current.jobType, params)
      const terms = { params: given, follows: null, overlap: overlap ?? null }
      await record({ type: 'TriggerJob', executionId, key, ...terms, now: unit.now })
      return { executionId }
    })
  })
}
