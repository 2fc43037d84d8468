import { checkedNote } from '#platform/domain'
import type { Caller } from '#platform/identity'
import type { Job } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { changeJob } from './change-job.ts'

/** How a job is paused. */
export interface PauseInput {
  /** For people: up to 500 characters. */
  readonly note?: string | null | undefined
  /** It resumes by itself then; never when left out. */
  readonly until?: Date | null | undefined
}

const NOTE_LENGTH_MAX = 500

/**
 * Stops firing until the job is resumed, or until an instant. Executions that are open go on. A repetition changes
 * nothing; another end or note changes the pause, which began when it began.
 *
 * @throws {DomainError} JOB_NOT_FOUND, JOB_ARCHIVED, VERSION_CONFLICT, BAD_USER_INPUT
 */
export function pauseJob(
  parts: JobsParts,
  caller: Caller | null,
  {
    jobId,
    expectedVersion,
    ...input
  }: PauseInput & { readonly jobId: string; readonly expectedVersion?: number | null | undefined },
  correlationId: string = parts.clock.newId(),
): Promise<Job> {
  return changeJob(parts, caller, { jobId, action: 'change', correlationId }, ({ unit, actor }) => ({
    type: 'PauseJob',
    ...checkedPause(input),
    by: actor,
    reason: 'ASKED',
    expectedVersion: expectedVersion ?? null,
    now: unit.now,
  }))
}

/** The note without what surrounds it, and the end. @throws {DomainError} BAD_USER_INPUT for a note that is too long, or has what nobody can see */
export function checkedPause({ note, until }: PauseInput): {
  readonly note: string | null
  readonly until: Date | null
} {
  const trimmed = note?.trim() || null
  if (trimmed !== null)
    checkedNote(trimmed, { called: 'a note', lengthMax: NOTE_LENGTH_MAX, details: { path: 'note' } })
  return { note: trimmed, until: until ?? null }
}
