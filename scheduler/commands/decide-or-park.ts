import type { Unit } from '#platform/database'
import {
  backfillLookups,
  type Decision,
  decide,
  type FiredBefore,
  passedOver,
  type Timetable,
} from '#platform/timetable'
import { firedBetween } from '../projections/occurrences.ts'
import { type ParkedJob, parkJob, unparkJobs } from '../projections/parked-jobs.ts'
import { saveTimetable, timetableOf } from '../projections/timetable.ts'
import type { TimetableEntry } from '../projections/timetable-row.ts'
import { type Decided, type RecordPorts, recordDecisions } from './record-decisions.ts'

/** How a job is decided. */
export type Decide = typeof decide

/** What deciding needs. */
export interface DecidePorts extends RecordPorts {
  /** Stands in for the rules of `#platform/timetable` where a test looks whether a broken one would be found. */
  readonly decide?: Decide
}

/** A job to be decided. */
export interface Undecided {
  readonly before: TimetableEntry
  /** With the changes that came now. */
  readonly timetable: Timetable
  readonly cause: Decided['cause']
  /** It is looked at for the next time alone: that is told when it is another one. */
  readonly isRecomputed?: boolean
}

/** What came of it. */
export interface Outcome {
  readonly fires: number
  /** When the first of these jobs fires next, or null. */
  readonly next: Date | null
  readonly parked: readonly ParkedJob[]
  /** Jobs that go on after they were parked; what was due until then is passed over where it had to be. */
  readonly unparked: readonly { readonly jobId: string; readonly isPassedOver: boolean }[]
}

/** More changes of one job wait than is kept: an outage until what is due before them has fired. */
class ChangesWaitingError extends Error {
  override readonly name = 'ChangesWaitingError'
}

const WAITING_MAX = 1_000
// No job is at fault for these: they are thrown, and all of it is tried again.
const OUTAGES: ReadonlySet<string> = new Set([
  'OutageError',
  'DatabaseClosedError',
  'ReadOnlyError',
  'ChangesWaitingError',
])

/**
 * Decides jobs and writes all of it down. When that fails, each goes by itself, and one that still fails is parked: it
 * keeps nobody else from firing. A change of a job that is parked puts it back, if need be without what was due before.
 *
 * @throws {ChangesWaitingError}
 */
export async function decideOrPark(
  unit: Unit,
  ports: DecidePorts,
  jobs: readonly Undecided[],
  firesMax: number,
): Promise<Outcome> {
  const together = await attempt(unit, () => decideAll(unit, ports, jobs, firesMax))
  if ('value' in together) return together.value
  let all: Outcome = { fires: 0, next: null, parked: [], unparked: [] }
  for (const job of jobs) {
    const one = await decideAlone(unit, ports, job, firesMax)
    all = {
      fires: all.fires + one.fires,
      next: earliest(all.next, one.next),
      parked: [...all.parked, ...one.parked],
      unparked: [...all.unparked, ...one.unparked],
    }
  }
  return all
}

async function decideAll(
  unit: Unit,
  ports: DecidePorts,
  jobs: readonly Undecided[],
  firesMax: number,
): Promise<Outcome> {
  const decided: Decided[] = []
  const { decide: decideBy = decide } = ports
  for (const job of jobs) {
    const { before, timetable } = job
    if (before.unreadable) throw before.unreadable
    const decision = decideBy(timetable, unit.now, firesMax, await firedBefore(unit, timetable))
    decided.push(decidedSoundly(job, decision))
  }
  const fires = await recordDecisions(unit, ports, decided)
  const jobIds = jobs.filter(({ before }) => before.isParked).map(({ timetable }) => timetable.jobId)
  await unparkJobs(unit, jobIds)
  const next = decided.reduce<Date | null>((first, { decision }) => earliest(first, decision.next), null)
  return { fires, next, parked: [], unparked: jobIds.map((jobId) => ({ jobId, isPassedOver: false })) }
}

/** What the ledger says of the nominal times that open backfills are about to fire. */
async function firedBefore(unit: Unit, { jobId, backfills }: Timetable): Promise<FiredBefore | undefined> {
  if (backfills.length === 0) return undefined
  const fired = new Map<string, ReadonlySet<number>>()
  for (const { backfillId, from, through } of backfillLookups(jobId, backfills, unit.now)) {
    fired.set(backfillId, await firedBetween(unit, jobId, from, through))
  }
  return fired
}

function decidedSoundly({ before, timetable, cause, isRecomputed = false }: Undecided, decision: Decision): Decided {
  // Written down it would be a job that never fires again, which nobody hears of.
  if (Number.isNaN(decision.next?.getTime())) throw new RangeError('its next nominal time is no time')
  if (decision.timetable.waiting.length > WAITING_MAX) {
    throw new ChangesWaitingError(`more than ${WAITING_MAX} changes of job ${timetable.jobId} wait`)
  }
  return { before, decision, cause, isRecomputed }
}

async function decideAlone(unit: Unit, ports: DecidePorts, job: Undecided, firesMax: number): Promise<Outcome> {
  const whole = await attempt(unit, () => decideAll(unit, ports, [job], firesMax))
  if ('value' in whole) return whole.value
  const { before, timetable, cause } = job
  const { jobId } = timetable
  // Another scheduler was first: not the row is at fault but what was read of it, and the next round reads it anew.
  const current = (await timetableOf(unit, [jobId])).get(jobId)
  if (current && current.head.version !== before.head.version) throw whole.error
  // Until it was parked nobody had heard that something is wrong; from then on a change is an answer to that.
  const newest = { before: { ...before, unreadable: null }, timetable: passedOver(timetable), cause }
  if (before.isParked && cause) {
    const rest = await attempt(unit, () => decideAll(unit, ports, [newest], firesMax))
    if ('value' in rest) return { ...rest.value, unparked: [{ jobId, isPassedOver: true }] }
  }
  const parked = { jobId, reason: reasonOf(whole.error) }
  // The changes that came wait for the one that puts it back.
  if (cause) {
    const kept = before.isParked ? { ...timetable, waiting: timetable.waiting.slice(-1) } : timetable
    await saveTimetable(unit, [{ ...before, timetable: kept, next: null }])
  }
  await parkJob(unit, parked)
  return { fires: 0, next: null, parked: [parked], unparked: [] }
}

/** Works as if it were a transaction of its own. @returns what came of it, or what it failed with, undone */
async function attempt<T>(
  unit: Unit,
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly error: unknown }> {
  await unit.run('savepoint attempt')
  try {
    const value = await work()
    await unit.run('release savepoint attempt')
    return { value }
  } catch (error) {
    if (isOutage(error)) throw error
    await unit.run('rollback to savepoint attempt')
    await unit.run('release savepoint attempt')
    return { error }
  }
}

function isOutage(error: unknown): boolean {
  // A conflict is none: rows are held before they are decided, so that nobody can have been first.
  return error instanceof Error && OUTAGES.has(error.name)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

function earliest(one: Date | null, other: Date | null): Date | null {
  return one && (!other || one <= other) ? one : other
}
