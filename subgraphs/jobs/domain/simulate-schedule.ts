import type { ExecutionPolicy } from '#platform/policy'
import { type ScheduleWarning, scheduleWarnings, type Timing } from '#platform/schedule'
import {
  type Simulated,
  type SimulatedAdmission,
  type SimulatedFire,
  simulateAdmission,
  simulation,
} from '#platform/timetable'

/** A job that is imagined, and the time in which it is. */
export interface Imagined {
  /** What jitter and `H` are hashes of. */
  readonly jobId: string
  readonly timing: Timing
  /** Not included. */
  readonly from: Date
  /** Included. */
  readonly to: Date
  readonly outages: readonly { readonly from: Date; readonly to: Date }[]
  /** How long each execution would take; null when nobody said. */
  readonly assumedDurationMs: number | null
  readonly policy: Pick<ExecutionPolicy, 'overlap' | 'bufferMax'>
}

/** What would happen. */
export interface Simulation extends Pick<Simulated, 'skips' | 'isTruncated'> {
  readonly fires: readonly ImaginedFire[]
  readonly warnings: readonly ScheduleWarning[]
}

/** A fire as it would be, among the others. */
export interface ImaginedFire extends SimulatedFire {
  /** Null unless it would be late. */
  readonly lateByMs: number | null
  /** It would begin before the execution before it has ended. */
  readonly overlapsPrevious: boolean
  /** What would become of its execution; null when nobody said how long each takes. */
  readonly admission: ImaginedAdmission | null
}

/** What would become of the execution of a fire. */
export interface ImaginedAdmission extends Omit<SimulatedAdmission, 'blockedBy'> {
  /** The nominal time of the fire that stood in its way. */
  readonly blockedBy: Date | null
}

/** Nominal times in a row that would be skipped. */
export type ImaginedSkip = Simulated['skips'][number]

const RECORDS_MAX = 10_000

/**
 * What a scheduler would decide of a job, by the function that it runs; a decision at a time, since there may be many.
 *
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function* simulateSchedule({
  assumedDurationMs,
  policy,
  ...imagined
}: Imagined): Generator<undefined, Simulation> {
  const { jobId, timing, from } = imagined
  const { fires, skips, isTruncated } = yield* simulation({ ...imagined, createdAt: from, recordsMax: RECORDS_MAX })
  const admissions = assumedDurationMs === null ? [] : yield* simulateAdmission(fires, policy, assumedDurationMs)
  return {
    fires: fires.map((fire, index) => ({
      ...fire,
      lateByMs: fire.isLate ? fire.firedAt.getTime() - fire.effectiveAt.getTime() : null,
      overlapsPrevious: overlaps(fires[index - 1], fire, assumedDurationMs),
      admission: imaginedAdmission(admissions[index], fires),
    })),
    skips,
    isTruncated,
    warnings: scheduleWarnings(timing, from, jobId),
  }
}

function imaginedAdmission(
  admission: SimulatedAdmission | undefined,
  fires: readonly SimulatedFire[],
): ImaginedAdmission | null {
  if (!admission) return null
  const { blockedBy } = admission
  return { ...admission, blockedBy: blockedBy === null ? null : (fires[blockedBy]?.nominalAt ?? null) }
}

function overlaps(before: SimulatedFire | undefined, fire: SimulatedFire, durationMs: number | null): boolean {
  if (!before || durationMs === null) return false
  return fire.firedAt.getTime() < before.firedAt.getTime() + durationMs
}
