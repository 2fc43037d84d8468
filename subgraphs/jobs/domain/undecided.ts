import { calendarVerdict } from '#platform/schedule'
import { type Definition, definitionOfVersion, startOf, timetableIn } from './definition.ts'
import type { Job } from './job.ts'
import type { JobStatus } from './job-status.ts'
import { type NominalRun, runBetween } from './nominal-run.ts'
import type { Occurrence } from './occurrence.ts'

/** What is known of how far the scheduler has come with a job. */
export interface Progress {
  readonly status: Pick<JobStatus, 'advancedVersion' | 'scheduleVersion' | 'nextFireAt' | 'exhausted' | 'lastFiredAt'>
  /** The last nominal time that has its record. */
  readonly recordedThrough: Date | null
}

/**
 * The nominal times that are due and have no record yet, the oldest first: what a pause that goes on leaves out, and
 * what no scheduler has decided.
 */
export function undecided(definitions: readonly Definition[], progress: Progress, now: Date): readonly Occurrence[] {
  const { status } = progress
  if (status.exhausted && status.advancedVersion >= status.scheduleVersion) return []
  const decidedThrough = decidedThroughOf(definitions, progress)
  return definitions.flatMap((definition, index) => {
    const end = earlier(definitions[index + 1]?.since ?? now, now)
    const start = later(startOf(definition), decidedThrough)
    return stretches(definition, start, end).flatMap(({ isPaused, from, to }) => {
      const run = runBetween(timetableIn(definition), from, to)
      return run ? [occurrenceOf(definition, run, isPaused, now)] : []
    })
  })
}

/** Each nominal time up to here has its record, as far as anybody has told. */
export function decidedThroughOf(definitions: readonly Definition[], { status, recordedThrough }: Progress): Date {
  const { advancedVersion, scheduleVersion, nextFireAt, lastFiredAt } = status
  // Before a version is applied, all that was due by those before it is decided.
  const applied = advancedVersion > 0 ? definitionOfVersion(definitions, advancedVersion) : null
  const known = [new Date(0), recordedThrough, lastFiredAt, applied && startOf(applied)]
  // Before the next fire all is decided, but for what calendars forbid: that is written down within a minute.
  const isPlain = definitions.at(-1)?.job.timing.calendars.length === 0
  if (isPlain && nextFireAt && advancedVersion >= scheduleVersion) known.push(new Date(nextFireAt.getTime() - 1))
  return known.reduce<Date>((latest, each) => (each && each > latest ? each : latest), new Date(0))
}

interface Stretch {
  readonly isPaused: boolean
  readonly from: Date
  readonly to: Date
}

/** A pause that has an end is over at that instant, whoever finds out when. */
function stretches({ job: { state, pause } }: Definition, from: Date, to: Date): readonly Stretch[] {
  if (from >= to || state === 'ARCHIVED' || state === 'COMPLETED') return []
  if (state === 'ACTIVE') return [{ isPaused: false, from, to }]
  const until = pause?.until ? later(pause.until, from) : to
  return [
    { isPaused: true, from, to: earlier(until, to) },
    { isPaused: false, from: until, to },
  ].filter((stretch) => stretch.from < stretch.to)
}

function occurrenceOf({ job, version }: Definition, run: NominalRun, isPaused: boolean, now: Date): Occurrence {
  return {
    workspaceId: job.workspaceId,
    jobId: job.id,
    cause: 'schedule',
    ...run,
    wallTime: null,
    ...verdictOf(job, run, isPaused, now),
    isLate: false,
    effectiveAt: null,
    decidedAt: null,
    jobVersion: version,
    tzdbVersion: '',
    executionId: null,
  }
}

type Verdict = Pick<Occurrence, 'outcome' | 'reason' | 'detail'>

function verdictOf({ pause, timing }: Job, run: NominalRun, isPaused: boolean, now: Date): Verdict {
  if (isPaused) return { outcome: 'SKIPPED_PAUSED', reason: 'PAUSED', detail: pause?.note ?? '' }
  const [first, last] = [run.scheduledFor, run.through].map((at) => forbiddenBy(timing, at))
  if (first && first === last) return { outcome: 'SKIPPED_CALENDAR', reason: 'CALENDAR', detail: first }
  const waitedMs = now.getTime() - run.scheduledFor.getTime()
  return waitedMs > timing.jitterMs + timing.lateAfterMs
    ? { outcome: 'PENDING', reason: 'SCHEDULER_BEHIND', detail: 'no scheduler has decided it yet' }
    : { outcome: 'PENDING', reason: 'DUE', detail: 'it is due, and about to be decided' }
}

/** In the words of the scheduler. */
function forbiddenBy({ calendars, timeZone }: Job['timing'], at: Date): string | null {
  const verdict = calendarVerdict(calendars, at, timeZone)
  return verdict && `${verdict.calendar}: ${verdict.detail}`
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other
}
