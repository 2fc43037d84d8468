// Given what a job was told, when it is looked at, it yields records: a line each, in the order of their times.
// Never used outside of tests.
import { defaultTimingOptions, type TimingOptions } from '#platform/schedule'
import type { FiredBefore } from './backfill.ts'
import { decide } from './decide.ts'
import type { Decision, Fire, Skip } from './decision.ts'
import { jobChange } from './job-change.fixture.ts'
import { type JobChange, received, type Timetable, unknownJob } from './timetable.ts'

/** A time of the day on which the tests take place, in UTC. */
export const at = (time: string): Date => new Date(`2026-11-23T${time}Z`)

/** When the job of the tests is created. */
export const CREATED_AT = at('10:00:00.500')

/** Timing options that differ from the defaults in what is said. */
export const timed = (fields: Partial<TimingOptions>): TimingOptions => ({ ...defaultTimingOptions, ...fields })

/** A version of the job: it fires every ten seconds unless something else is said. */
export function changed(version: number, changedAt: Date, fields: Partial<JobChange> = {}): JobChange {
  return jobChange({ version, schedule: '@every 10s', scheduledSince: CREATED_AT, changedAt, ...fields })
}

/** The job as it was created. */
export const created = (fields: Partial<JobChange> = {}): JobChange => changed(1, CREATED_AT, fields)

/** What one look at a job came to, and the job after it. */
export interface Looked extends Decision {
  /** `FIRED 10:00:10` and `COLLAPSED 10:00:10..10:00:50 x5`, with what is unusual: its version, its cause, ` late`. */
  readonly records: readonly string[]
  readonly fired: readonly string[]
  readonly nextTime: string | null
  when(...changes: readonly JobChange[]): Looking
}

/** A job that is about to be looked at. */
export interface Looking {
  /** Takes in what it was told and looks, at one moment. */
  at(now: Date, firesMax?: number, fired?: FiredBefore): Looked
}

/** A job that was told of changes, before or after it was looked at. */
export function given(...changes: readonly JobChange[]): Looking {
  return looking(unknownJob('job', 'workspace'), changes)
}

function looking(before: Timetable, changes: readonly JobChange[]): Looking {
  return {
    at(now, firesMax = 1_000, fired = new Map()) {
      const timetable = changes.reduce((reached, change) => received(reached, change, now), before)
      const decision = decide(timetable, now, firesMax, fired)
      return {
        ...decision,
        records: recordsOf(decision),
        fired: decision.fires.map(fireLine),
        nextTime: decision.next && timeOf(decision.next),
        when: (...next) => looking(decision.timetable, next),
      }
    },
  }
}

/** What was decided, line by line. */
export function recordsOf({ fires, skips }: Pick<Decision, 'fires' | 'skips'>): string[] {
  const lines = [
    ...skips.map((skip) => ({ atMs: skip.from.getTime(), line: skipLine(skip) })),
    ...fires.map((fire) => ({ atMs: fire.nominalAt.getTime(), line: fireLine(fire) })),
  ]
  return lines.sort((one, other) => one.atMs - other.atMs).map(({ line }) => line)
}

function fireLine({ cause, nominalAt, jobVersion, isLate }: Fire): string {
  const version = jobVersion === 1 ? '' : `v${jobVersion} `
  const name = cause === 'schedule' ? '' : `${cause} `
  return `${version}FIRED ${name}${timeOf(nominalAt)}${isLate ? ' late' : ''}`
}

function skipLine({ reason, from, through, count, jobVersion }: Skip): string {
  const version = jobVersion === 1 ? '' : `v${jobVersion} `
  const range = count === 1 ? timeOf(from) : `${timeOf(from)}..${timeOf(through)} x${count}`
  return `${version}${reason} ${range}`
}

/** The time of an instant, without a day that is the usual one, and without zeros. */
export function timeOf(date: Date): string {
  const text = date.toISOString().replace('.000Z', 'Z').slice(0, -1)
  return text.startsWith('2026-11-23T') ? text.slice(11) : text
}
