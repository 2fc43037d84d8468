import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import { type Loop, startLoop } from '#platform/lifecycle'
import { tzdbVersion } from '#platform/schedule'
import type { Log, Metrics } from '#platform/telemetry'
import type { DecidePorts, Outcome } from './commands/decide-or-park.ts'
import { type FiredBatch, fireDue } from './commands/fire-due.ts'
import { type RecomputedBatch, recomputeRows } from './commands/recompute-rows.ts'
import { countParked, type ParkedJob } from './projections/parked-jobs.ts'
import { nextDueAt } from './projections/timetable.ts'

/** What firing needs. */
export interface FiringPorts extends DecidePorts {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly metrics?: Metrics
  /** Whether the executors keep up. While they do not, nothing fires; what is due then fires late. */
  mayFire?(): Promise<boolean>
}

/** The rounds in which due jobs fire. */
export interface Firing {
  /** One round. @returns true when there may be more to do at once, else how many milliseconds to wait at most */
  runOnce(): Promise<true | number>
  start(): void
  stop(): Promise<void>
  /** Changes were applied: a wait that would last beyond the next fire of theirs ends. */
  applied(changes: Outcome): void
  /** How many jobs fire no more until they change, since they cannot be decided. */
  parked(): Promise<number>
  /** What `mayFire` said in the last round. */
  readonly isHeldBack: boolean
}

// Process clocks only wait, and not for long: another process may have written the row that is due next.
const WAIT_MS_MAX = 500
// Others may run with another tz database for a while, and leave rows of it behind.
const LOOK_FOR_OTHER_TZDB_MS = 600_000
// The rows that are due are in another scheduler's hands.
const CONTENDED_WAIT_MS = 5
const LATENESS_BUCKETS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15, 60, 300, 3_600]

/** Opens the rounds. They begin with `start`, or are driven one by one through `runOnce`. */
export function openFiring(ports: FiringPorts): Firing {
  const { database, clock, log } = ports
  const counted = counters(ports)
  let loop: Loop | undefined
  let isHeldBack = false
  let heldBackAskedMs = Number.NEGATIVE_INFINITY
  let lookAtMs = Number.POSITIVE_INFINITY
  let tzdbLookAtMs = Number.NEGATIVE_INFINITY

  async function askWhetherHeldBack(): Promise<void> {
    if (!ports.mayFire || clock.monotonicMs() - heldBackAskedMs < WAIT_MS_MAX) return
    const wasHeldBack = isHeldBack
    isHeldBack = !(await ports.mayFire())
    heldBackAskedMs = clock.monotonicMs()
    if (isHeldBack && !wasHeldBack) log.warn('schedule.held-back')
    if (!isHeldBack && wasHeldBack) log.info('schedule.released')
  }

  /** @returns whether there may be more to do at once */
  async function recomputeSome(): Promise<boolean> {
    if (clock.monotonicMs() < tzdbLookAtMs) return false
    const batch = await recomputeRows(database, ports)
    counted.recomputed(batch)
    if (batch.jobs > 0) return true
    tzdbLookAtMs = clock.monotonicMs() + LOOK_FOR_OTHER_TZDB_MS
    return false
  }

  async function runOnce(): Promise<true | number> {
    lookAtMs = Number.POSITIVE_INFINITY
    await askWhetherHeldBack()
    if (isHeldBack) return WAIT_MS_MAX
    const [now, next] = [await database.now(), await nextDueAt(database.reader)]
    if (next && next <= now) {
      const batch = await fireDue(database, ports)
      counted.batch(batch)
      return batch.jobs === 0 ? CONTENDED_WAIT_MS : true
    }
    if (await recomputeSome()) return true
    const waitMs = next ? Math.min(next.getTime() - now.getTime(), WAIT_MS_MAX) : WAIT_MS_MAX
    lookAtMs = now.getTime() + waitMs
    return waitMs
  }

  return {
    runOnce,
    start() {
      const onError = (error: unknown): void => log.warn('schedule.round-failed', { err: error })
      loop ??= startLoop({ clock, pollMs: WAIT_MS_MAX, runOnce, onError })
    },
    async stop() {
      await loop?.stop()
      loop = undefined
    },
    applied({ fires, next, parked, unparked }) {
      counted.fires(fires)
      counted.parked(parked)
      for (const job of unparked) log.warn('schedule.unparked', { ...job })
      if (next && next.getTime() < lookAtMs) loop?.wake()
    },
    parked: () => countParked(database.reader),
    get isHeldBack() {
      return isHeldBack
    },
  }
}

function counters({ database, log, metrics }: FiringPorts) {
  const fired = metrics?.counter('carillon_schedule_fires_total', 'Executions that were requested.')
  const lateness = metrics?.histogram(
    'carillon_schedule_lateness_seconds',
    'How late the latest fire of each batch was, by the clock of the database.',
    LATENESS_BUCKETS_SECONDS,
  )
  const recomputed = metrics?.counter(
    'carillon_schedule_recomputed_total',
    'Jobs whose next time was found anew, by another tz database than before.',
  )
  const parkedTotal = metrics?.counter('carillon_schedule_parked_total', 'Jobs that were parked, each time.')
  metrics?.gauge('carillon_scheduler_parked_jobs', 'Jobs that fire no more until they change.', () =>
    countParked(database.reader),
  )

  function tellParked(parked: readonly ParkedJob[]): void {
    parkedTotal?.inc(parked.length)
    for (const job of parked) log.error('schedule.parked', { ...job })
  }

  return {
    parked: tellParked,
    fires(fires: number): void {
      fired?.inc(fires)
    },
    recomputed({ jobs, fires, parked }: RecomputedBatch): void {
      if (jobs === 0) return
      tellParked(parked)
      fired?.inc(fires)
      recomputed?.inc(jobs)
      log.info('schedule.recomputed', { jobs, tzdbVersion: tzdbVersion() })
    },
    batch({ parked, ...batch }: FiredBatch): void {
      if (batch.jobs === 0) return
      tellParked(parked)
      fired?.inc(batch.fires)
      lateness?.observe(batch.latenessMsMax / 1_000)
      log.debug('schedule.fired', { ...batch })
    },
  }
}
