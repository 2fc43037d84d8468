import { DomainError } from '#platform/domain'
import { type CalendarUse, countBetween, type TimingOptions, timetableOf } from '#platform/schedule'
import type { Job } from './job.ts'
import type {
  ArchiveJob,
  ChangeJob,
  CreateJob,
  PauseJob,
  RequestBackfill,
  ResumeJob,
  UpdateJob,
} from './job-command.ts'
import type { JobEvent } from './job-event.ts'

const BACKFILL_FIRES_MAX = 10_000

/** The first event of a job. */
export function created(command: CreateJob): JobEvent {
  const { jobId, workspaceId, ownerId, name, jobType, schedule, params, timing, pauseOnFailures, policy } = command
  return {
    type: 'JobCreated',
    jobId,
    workspaceId,
    ownerId,
    name,
    jobType,
    schedule,
    params,
    timing,
    pauseOnFailures,
    policy,
    afterJob: command.afterJob,
    createdAtMs: command.now.getTime(),
  }
}

/** The refusal of what an archived job does no more. */
export function archivedRefusal(): DomainError {
  return new DomainError('JOB_ARCHIVED', 'the job is archived: it changes and runs no more')
}

/** What a command makes of a job that is there. @throws {DomainError} JOB_ARCHIVED, VERSION_CONFLICT, BAD_USER_INPUT */
export function decideChange(command: ChangeJob, state: Job): readonly JobEvent[] {
  const { id: jobId } = state
  const nowMs = command.now.getTime()
  if (state.state === 'ARCHIVED') {
    if (command.type === 'ArchiveJob' && isMoreThan(command, state)) return [archived(command, jobId)]
    if (QUIET_WHEN_ARCHIVED.has(command.type)) return []
    throw archivedRefusal()
  }
  if ('expectedVersion' in command) checkVersion(command.expectedVersion, state.version)

  switch (command.type) {
    case 'UpdateJob':
      return updated(command, state)
    case 'PauseJob':
      return paused(command, state)
    case 'ResumeJob':
      return resumed(command, state)
    case 'ArchiveJob':
      return [archived(command, jobId)]
    case 'TriggerJob': {
      const { executionId, key, params, follows, overlap } = command
      const terms = { ...(follows !== null && { follows }), ...(overlap && { overlap }) }
      const run = { executionId, key, params: params ?? state.params, ...terms }
      return [{ type: 'JobTriggered', jobId, ...run, triggeredAtMs: nowMs }]
    }
    case 'CompleteJob':
      return state.state === 'ACTIVE' ? [{ type: 'JobCompleted', jobId, completedAtMs: nowMs }] : []
    case 'EndPause': {
      const until = state.pause?.until
      // At the moment that was said, however late somebody looks: the scheduler went on from there, too.
      return until && until <= command.now ? [{ type: 'JobResumed', jobId, resumedAtMs: until.getTime() }] : []
    }
    case 'RequestBackfill':
      return [backfillRequested(jobId, command)]
    case 'CancelBackfill':
      return [{ type: 'JobBackfillCancelled', jobId, backfillId: command.backfillId, cancelledAtMs: nowMs }]
    case 'ChangeCalendars':
      return calendarsChanged(command.calendars, state, nowMs)
  }
}

/** Who let executions finish may cancel them after all. */
function isMoreThan({ executions }: ArchiveJob, { archive }: Job): boolean {
  return executions === 'CANCEL' && archive?.executions !== 'CANCEL'
}

function archived({ executions, openCount, by, now }: ArchiveJob, jobId: string): JobEvent {
  return { type: 'JobArchived', jobId, executions, openCount, by, archivedAtMs: now.getTime() }
}

// Clients repeat themselves: archiving twice is archiving once. That an archived job is over is no refusal of what
// follows from elsewhere either.
const QUIET_WHEN_ARCHIVED: ReadonlySet<ChangeJob['type']> = new Set([
  'ArchiveJob',
  'CompleteJob',
  'EndPause',
  'CancelBackfill',
  'ChangeCalendars',
])

function checkVersion(expectedVersion: number | null, actualVersion: number): void {
  if (expectedVersion === null || expectedVersion === actualVersion) return
  const message = `the job is at version ${actualVersion}, not ${expectedVersion}: look at it again`
  throw new DomainError('VERSION_CONFLICT', message, { expectedVersion, actualVersion })
}

function updated(command: UpdateJob, state: Job): readonly JobEvent[] {
  const { name = state.name, schedule = state.schedule, params = state.params, policy = state.policy } = command
  const timing = { ...state.timing, ...command.timing }
  const pauseOnFailures = command.pauseOnFailures === undefined ? state.pauseOnFailures : command.pauseOnFailures
  const afterJob = command.afterJob === undefined ? state.afterJob : command.afterJob
  const isRetimed = !isSameTiming(timing, state.timing)
  const isOtherSchedule = schedule !== state.schedule
  const isSameChain = JSON.stringify(afterJob) === JSON.stringify(state.afterJob)
  const isSameText = name === state.name && params === state.params && policy === state.policy && isSameChain
  if (isSameText && pauseOnFailures === state.pauseOnFailures && !isRetimed && !isOtherSchedule) return []
  return [
    {
      type: 'JobUpdated',
      jobId: state.id,
      name,
      schedule,
      params,
      timing,
      pauseOnFailures,
      policy,
      afterJob,
      // An `@now` has its one time with its schedule: other terms do not bring it again.
      rescheduled: isOtherSchedule || (isRetimed && schedule !== '@now'),
      updatedAtMs: command.now.getTime(),
    },
  ]
}

/** Whether two timings say the same, calendars with their versions and rules included. */
export function isSameTiming(one: TimingOptions, other: TimingOptions): boolean {
  const keys = Object.keys(one) as (keyof TimingOptions)[]
  return keys.every((key) => JSON.stringify(one[key]) === JSON.stringify(other[key]))
}

function paused(command: PauseJob, { id: jobId, state, pause }: Job): readonly JobEvent[] {
  const { until, note, by, reason, now } = command
  if (until !== null && until <= now) {
    const message = `${until.toISOString()} has passed; a pause ends later than now`
    throw new DomainError('BAD_USER_INPUT', message, { path: 'until' })
  }
  if (state !== 'ACTIVE' && state !== 'PAUSED') return []
  const isSame = pause !== null && pause.until?.getTime() === until?.getTime() && (note === null || note === pause.note)
  // Nobody who asked for a pause has it changed by failures.
  if (isSame || (pause !== null && reason === 'FAILURES')) return []
  const untilMs = until?.getTime() ?? null
  return [
    { type: 'JobPaused', jobId, untilMs, note: note ?? pause?.note ?? null, by, reason, pausedAtMs: now.getTime() },
  ]
}

function resumed({ catchUp, now }: ResumeJob, state: Job): readonly JobEvent[] {
  const { id: jobId, pause } = state
  if (state.state !== 'PAUSED') return []
  const nowMs = now.getTime()
  const resumption = { type: 'JobResumed', jobId, resumedAtMs: nowMs } as const
  if (catchUp === null || pause === null || pause.since >= now) return [resumption]
  const range = { from: pause.since, to: now }
  checkCatchUp(state, range)
  return [
    resumption,
    backfillRequested(jobId, { type: 'RequestBackfill', ...catchUp, ...range, rerun: false, overlap: null, now }),
  ]
}

/** @throws {DomainError} LIMIT_EXCEEDED for more nominal times than a backfill takes */
function checkCatchUp({ id, timing, schedule }: Job, { from, to }: { readonly from: Date; readonly to: Date }): void {
  const timetable = timetableOf({ ...timing, schedule }, from, id)
  if (countBetween(timetable, from, to) <= BACKFILL_FIRES_MAX) return
  const message = `the pause left out more than ${BACKFILL_FIRES_MAX} nominal times: resume the job, and backfill a part`
  throw new DomainError('LIMIT_EXCEEDED', message, { limit: BACKFILL_FIRES_MAX })
}

function backfillRequested(jobId: string, command: RequestBackfill): JobEvent {
  const { backfillId, from, to, rerun, firesPerMinuteMax, overlap, now } = command
  const range = { fromMs: from.getTime(), toMs: to.getTime() }
  const terms = { rerun, firesPerMinuteMax, ...(overlap && { overlap }), requestedAtMs: now.getTime() }
  return { type: 'JobBackfillRequested', jobId, backfillId, ...range, ...terms }
}

function calendarsChanged(calendars: readonly CalendarUse[], state: Job, changedAtMs: number): readonly JobEvent[] {
  const before = state.timing.calendars
  if (JSON.stringify(calendars) === JSON.stringify(before)) return []
  const meaning = (uses: readonly CalendarUse[]): string =>
    JSON.stringify(uses.map(({ name, on, rules }) => [name, on, rules]))
  // A job that is over stays over: no time comes back to it. Nor does the one time of an `@now`.
  const isOver = state.state === 'COMPLETED' || state.schedule === '@now'
  const rescheduled = meaning(calendars) !== meaning(before) && !isOver
  return [{ type: 'JobCalendarsChanged', jobId: state.id, calendars, rescheduled, changedAtMs }]
}
