import type { Unit } from '#platform/database'
import { DomainError } from '#platform/domain'
import { retryConflicts } from '#platform/event-store'
import { type Caller, signedIn } from '#platform/identity'
import { type Job, type JobCommand, type JobState, job, jobStream } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { checkFilter, countJobs, type JobFilter, listJobs } from '../projections/find-jobs.ts'
import { loadJobs } from '../projections/job-rows.ts'
import { appendChanges } from './append-changes.ts'
import { CLOCK } from './end-pauses.ts'
import { checkedPause, type PauseInput } from './pause-job.ts'
import { changesOf, projectChanges } from './project-changes.ts'

/** What a change of many jobs came to. */
export interface BulkChange {
  readonly changed: number
  /** Those that were so already, or are over. */
  readonly unchanged: number
  /** Of those that were changed, up to 100. */
  readonly jobs: readonly Job[]
}

const JOBS_MAX = 10_000
const JOBS_A_UNIT = 500
const JOBS_SHOWN_MAX = 100

/**
 * Pauses all active jobs that a filter lets through. Those that are paused already stay as they are: nobody's pause is
 * given an end by accident.
 *
 * @throws {DomainError} LIMIT_EXCEEDED beyond 10,000 jobs, before any is paused; BAD_USER_INPUT
 */
export function pauseJobs(
  parts: JobsParts,
  caller: Caller | null,
  { filter, ...input }: PauseInput & { readonly filter: JobFilter },
  correlationId: string = parts.clock.newId(),
): Promise<BulkChange> {
  const { userId: by } = signedIn(caller, 'change')
  const pause = checkedPause(input)
  return changeMany(parts, caller, { filter, from: 'ACTIVE', correlationId }, (now) => {
    return { type: 'PauseJob', ...pause, by, reason: 'ASKED', expectedVersion: null, now }
  })
}

/**
 * Resumes all paused jobs that a filter lets through.
 *
 * @throws {DomainError} LIMIT_EXCEEDED beyond 10,000 jobs, before any is resumed; BAD_USER_INPUT
 */
export function resumeJobs(
  parts: JobsParts,
  caller: Caller | null,
  { filter }: { readonly filter: JobFilter },
  correlationId: string = parts.clock.newId(),
): Promise<BulkChange> {
  return changeMany(parts, caller, { filter, from: 'PAUSED', correlationId }, (now) => {
    return { type: 'ResumeJob', catchUp: null, expectedVersion: null, now }
  })
}

/** Changes jobs of one state, a unit for each batch of a workspace. */
async function changeMany(
  parts: JobsParts,
  caller: Caller | null,
  {
    filter,
    from,
    correlationId,
  }: { readonly filter: JobFilter; readonly from: JobState; readonly correlationId: string },
  command: (now: Date) => JobCommand,
): Promise<BulkChange> {
  const { userId: actor, workspaceIds } = signedIn(caller, 'change')
  checkFilter(filter)
  const total = await countJobs(parts.database, workspaceIds, filter)
  const states = (filter.states ?? [from]).filter((state) => state === from)
  const limit = JOBS_MAX + 1
  const found = await listJobs(parts.database, workspaceIds, { ...filter, states }, { afterId: null, limit })
  if (found.length > JOBS_MAX) throw tooMany()

  const changed: Job[] = []
  for (const workspaceId of workspaceIds) {
    const ids = found.filter((each) => each.workspaceId === workspaceId).map(({ id }) => id)
    const context = { workspaceId, actor, correlationId, causationId: correlationId }
    for (let start = 0; start < ids.length; start += JOBS_A_UNIT) {
      const some = ids.slice(start, start + JOBS_A_UNIT)
      const changeBatch = (): Promise<readonly Job[]> =>
        parts.database.unit(some.map(jobStream), (unit) => changeInUnit(unit, parts, some, context, command))
      changed.push(...(await retryConflicts(changeBatch)))
    }
  }
  const unchanged = Math.max(0, total - changed.length)
  return { changed: changed.length, unchanged, jobs: changed.slice(0, JOBS_SHOWN_MAX) }
}

async function changeInUnit(
  unit: Unit,
  parts: JobsParts,
  ids: readonly string[],
  context: { workspaceId: string; actor: string; correlationId: string; causationId: string },
  command: (now: Date) => JobCommand,
): Promise<readonly Job[]> {
  const saved = await loadJobs(unit, 'jobs', context.workspaceId, ids)
  const decided = [...saved.values()].flatMap(({ state, head }) => {
    // An archived job was let through a moment ago: it is over now, and that is no reason to refuse the others.
    if (state.state === 'ARCHIVED') return []
    // A pause that has ended by itself ends when it did, whoever looks.
    const ended = job.decide({ type: 'EndPause', now: unit.now }, state)
    const events = ended.length > 0 ? ended : job.decide(command(unit.now), state)
    const changes = changesOf(state, events)
    const actor = ended.length > 0 ? CLOCK : context.actor
    return changes.length > 0 ? [{ ...context, actor, head, changes }] : []
  })
  if (decided.length === 0) return []
  const appended = await appendChanges(unit, decided)
  await projectChanges(unit, parts, appended, context.correlationId)
  return appended.jobs.map(({ state }) => state)
}

function tooMany(): DomainError {
  const message = `at most ${JOBS_MAX} jobs are changed at once: narrow the filter`
  return new DomainError('LIMIT_EXCEEDED', message, { limit: JOBS_MAX })
}
