import { decidedThroughAtStart, type Timetable, timetableOf } from '#platform/schedule'
import { type Job, job } from './job.ts'
import type { JobEvent } from './job-event.ts'

/** A job as it was over a stretch of time, as far as nominal times go. */
export interface Definition {
  /** The job's version that began it. */
  readonly version: number
  /** It holds strictly after this instant, up to the start of the next one. */
  readonly since: Date
  readonly job: Job
}

/**
 * The stretches of a job's life, the oldest first: each change of its schedule, timing or state begins one.
 *
 * @param events of one job, in order; those that leave all of that alone (triggers, backfills) may be missing
 */
export function definitionsOf(
  events: readonly { readonly event: JobEvent; readonly version: number }[],
): readonly Definition[] {
  const definitions: Definition[] = []
  let state: Job | 'absent' = job.initial
  for (const { event, version } of events) {
    const after: Job | 'absent' = job.evolve(state, event)
    if (after === 'absent') continue
    const isOther = state === 'absent' || meaningOf(state) !== meaningOf(after)
    if (isOther) definitions.push({ version, since: after.updatedAt, job: { ...after, version } })
    state = after
  }
  return definitions
}

/** The stretch that an instant lies in; null before the job was created. */
export function definitionAt(definitions: readonly Definition[], at: Date): Definition | null {
  const [first] = definitions
  return definitions.findLast(({ since }) => since < at) ?? (first && at > startOf(first) ? first : null)
}

/** The stretch that a version belongs to: the last one that began with it or before. */
export function definitionOfVersion(definitions: readonly Definition[], version: number): Definition | null {
  return definitions.findLast((each) => each.version <= version) ?? null
}

/** The timetable of a stretch. */
export function timetableIn({ job: defined }: Pick<Definition, 'job'>, since = defined.scheduledSince): Timetable {
  return timetableOf({ schedule: defined.schedule, ...defined.timing }, since, defined.id)
}

/** An instant before every nominal time of a stretch, and at or after the last one of what was before it. */
export function startOf(definition: Definition): Date {
  return firesAtOnce(definition) ? decidedThroughAtStart(definition.since) : definition.since
}

/** Whether it has a nominal time at its very start, or a little before: `@now`, and an `@at` that is a little late. */
function firesAtOnce({ since, job: { schedule, scheduledSince } }: Definition): boolean {
  const isNew = scheduledSince.getTime() === since.getTime()
  return isNew && (schedule.startsWith('@now') || schedule.startsWith('@at'))
}

function meaningOf({ schedule, timing, state, pause, scheduledSince }: Job): string {
  return JSON.stringify([schedule, timing, state, pause, scheduledSince])
}
