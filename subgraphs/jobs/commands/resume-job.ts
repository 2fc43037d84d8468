import type { Caller } from '#platform/identity'
import { backfillTimes } from '../domain/backfill.ts'
import type { Job } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { changeJob } from './change-job.ts'

/** What is resumed, and how. */
export interface ResumeJobInput {
  readonly jobId: string
  /** What the pause left out is run as well, as a backfill. */
  readonly catchUp?: boolean | null | undefined
  readonly expectedVersion?: number | null | undefined
}

const CATCH_UP_FIRES_PER_MINUTE_MAX = 60

/**
 * Fires again, from the next nominal time on. A repetition changes nothing.
 *
 * @throws {DomainError} JOB_NOT_FOUND, JOB_ARCHIVED, VERSION_CONFLICT, LIMIT_EXCEEDED
 */
export function resumeJob(
  parts: JobsParts,
  caller: Caller | null,
  { jobId, catchUp, expectedVersion }: ResumeJobInput,
  correlationId: string = parts.clock.newId(),
): Promise<Job> {
  const backfill = { backfillId: parts.clock.newId(), firesPerMinuteMax: CATCH_UP_FIRES_PER_MINUTE_MAX }
  return changeJob(parts, caller, { jobId, action: 'change', correlationId }, ({ unit }, { pause, ...current }) => {
    // What is too much is refused before anything is resumed.
    if (catchUp && pause) backfillTimes({ ...current, pause }, pause.since, unit.now)
    return {
      type: 'ResumeJob',
      catchUp: catchUp ? backfill : null,
      expectedVersion: expectedVersion ?? null,
      now: unit.now,
    }
  })
}
